from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from mailer.delivery import departing, gate, outbox, release
from mailer.delivery.accounts import accounts
from mailer.delivery.message import Kind, Message, State
from mailer.delivery.policy import No, Refusal
from mailer.delivery.retry import Retry
from mailer.delivery.transport import Outcome, Receipt
from mailer.store import Store
from tests.delivery.conftest import DOMAIN, Town, found, message_id_of, yes

START = datetime(2026, 3, 16, 10, tzinfo=UTC)
RETRY = Retry()
OK = Receipt(Outcome.ACCEPTED, 250, "2.0.0 Ok: queued as 4F1B2", "4F1B2")


def states(session: Session) -> list[State]:
    session.expire_all()
    return [m.state for m in session.exec(select(Message).order_by(Message.id))]


def claims(messages: list[Message]) -> list[tuple[int, int]]:
    return [(m.id, m.epoch) for m in messages]


def test_enqueueing_a_run_twice_makes_each_message_once(town: Town) -> None:
    campaign, customers = town.campaign(), town.customers(3)
    run = town.run(campaign, customers)
    assert departing.enqueue(town.session, run, campaign, town.now, DOMAIN) == 0
    messages = list(town.session.exec(select(Message).order_by(Message.id)))
    assert len(messages) == 3
    assert {m.staff_id for m in messages} == {town.staff.id}
    for message, customer in zip(messages, customers, strict=True):  # what Python says is what the database made
        named = message_id_of(campaign, run.occurrence, customer.id, customer.email, DOMAIN)
        assert message.message_id == named
    assert len({message.public_id[10:] for message in messages}) == 3, "nobody can guess one from another"
    assert [message.public_id for message in messages] == sorted(message.public_id for message in messages)
    assert messages[0].expires_at == town.now + timedelta(hours=24)


def test_a_message_that_is_due_later_waits_and_is_claimed_then(town: Town) -> None:
    town.run(town.campaign(), town.customers(2), due_at=town.now + timedelta(hours=3))
    assert states(town.session) == [State.WAITING] * 2
    assert town.claim() == []
    assert len(town.claim(at=timedelta(hours=3))) == 2


def test_a_message_is_claimed_by_one_owner_only(town: Town) -> None:
    town.run(town.campaign(), town.customers(5))
    first, second = town.claim("one", 3), town.claim("two", 3)
    assert [len(first), len(second)] == [3, 2]
    assert not {m.id for m in first} & {m.id for m in second}
    assert {(m.owner, m.epoch, m.state) for m in first} == {("one", 1, State.CLAIMED)}


def test_the_higher_priority_is_claimed_first(town: Town) -> None:
    customers = town.customers(2)
    town.run(town.campaign("weak", priority=10), customers[:1])
    town.run(town.campaign("strong", priority=90), customers[1:])
    assert [m.customer_id for m in town.claim()] == [customers[1].id, customers[0].id]


def test_a_message_is_handed_over_once(town: Town) -> None:
    town.run(town.campaign(), town.customers(3))
    mine = claims(town.claim())
    assert outbox.hand_over(town.session, mine, town.now, yes) == set(mine)
    assert outbox.hand_over(town.session, mine, town.now, yes) == set()
    town.session.expire_all()
    assert all(m.attempts == 1 and m.handed_over_at == town.now for m in town.session.exec(select(Message)))


def test_a_claim_of_another_epoch_is_not_handed_over(town: Town) -> None:
    town.run(town.campaign(), town.customers(1))
    [(message, epoch)] = claims(town.claim())
    assert outbox.hand_over(town.session, [(message, epoch + 1)], town.now, yes) == set()


def test_a_claim_whose_lease_ended_is_not_handed_over(town: Town) -> None:
    town.run(town.campaign(), town.customers(1))
    mine = claims(town.claim())
    assert outbox.hand_over(town.session, mine, town.now + timedelta(minutes=16), yes) == set()


def test_what_the_gate_refuses_is_set_aside_with_its_reason(town: Town) -> None:
    town.run(town.campaign(), town.customers(2))
    (one, epoch), other = claims(town.claim())

    def no(*_: object) -> dict[int, gate.Refusal]:
        return {one: Refusal(No.HELD, None, "they wrote to us")}

    assert outbox.hand_over(town.session, [(one, epoch), other], town.now, no) == {other}
    held = town.session.get(Message, one, populate_existing=True)
    assert held is not None
    assert (held.state, held.reason, held.attempts) == (State.HELD, "held: they wrote to us", 0)
    assert release.release_held(town.session, held.customer_id or 0, town.now) == 1
    assert [m.id for m in town.claim()] == [one]


@pytest.mark.parametrize(
    ("receipt", "state"),
    [
        (OK, State.SENT),
        (Receipt(Outcome.DEFERRED, 451, "4.7.1 Greylisted"), State.WAITING),
        (Receipt(Outcome.REFUSED, 550, "5.1.1 No such user"), State.FAILED),
        (Receipt(Outcome.LOST, 0, "connection lost"), State.IN_DOUBT),
    ],
)
def test_a_receipt_settles_what_was_handed_over(town: Town, receipt: Receipt, state: State) -> None:
    town.run(town.campaign(), town.customers(1))
    [(message, epoch)] = mine = claims(town.claim())
    outbox.hand_over(town.session, mine, town.now, yes)
    for _ in range(2):
        outbox.settle(town.session, [(message, epoch, receipt)], town.now, RETRY)
        settled = town.session.get(Message, message, populate_existing=True)
        assert settled is not None
        assert (settled.state, settled.reply) == (state, receipt.reply)
        assert settled.queue_id == receipt.queue_id
        assert settled.attempts == 1


def test_receipts_of_many_kinds_are_settled_together(town: Town) -> None:
    run = town.run(town.campaign(), town.customers(8))
    mine = claims(town.claim())
    outbox.hand_over(town.session, mine, town.now, yes)
    kinds = (Outcome.ACCEPTED, Outcome.DEFERRED, Outcome.REFUSED, Outcome.LOST)
    receipts = [(m, e, Receipt(kinds[n % 4], 250)) for n, (m, e) in enumerate(mine)]
    outbox.settle(town.session, receipts, town.now, RETRY)
    assert run.id is not None
    books = accounts(town.session, run.id)
    assert (books.sent, books.pending, books.failed, books.in_doubt) == (2, 2, 2, 2)
    assert books.balance


def test_a_deferred_message_comes_back_later_and_is_given_up_in_the_end(town: Town) -> None:
    town.run(town.campaign(send_before_hours=1000), town.customers(1))
    later = Receipt(Outcome.DEFERRED, 451, "4.7.1 Greylisted")
    at, tries = timedelta(), 0
    while (message_now := town.session.exec(select(Message)).one()).state in (State.READY, State.WAITING):
        at = max(at, message_now.next_at - town.now)
        [(message, epoch)] = mine = claims(town.claim(at=at))
        outbox.hand_over(town.session, mine, town.now + at, yes)
        outbox.settle(town.session, [(message, epoch, later)], town.now + at, RETRY)
        town.session.expire_all()
        tries += 1
    assert tries == message_now.attempts == RETRY.attempts
    assert (message_now.state, message_now.reason) == (State.FAILED, "given up after 8 attempts")


def test_an_outage_of_the_relay_uses_up_no_attempts(town: Town) -> None:
    town.run(town.campaign(), town.customers(1))
    [(message, epoch)] = claims(town.claim())
    outbox.settle(town.session, [(message, epoch, Receipt(Outcome.DEFERRED, 0, "cannot reach it"))], town.now, RETRY)
    found = town.session.get(Message, message, populate_existing=True)
    assert found is not None
    assert (found.state, found.attempts) == (State.WAITING, 0)


def test_what_was_withheld_is_ready_again_unless_the_gate_said_no(town: Town) -> None:
    town.run(town.campaign(), town.customers(1))
    [(message, epoch)] = claims(town.claim())
    outbox.settle(town.session, [(message, epoch, Receipt(Outcome.WITHHELD))], town.now, RETRY)
    assert states(town.session) == [State.READY]


def test_after_a_crash_claims_are_ready_and_hand_overs_in_doubt(town: Town) -> None:
    town.run(town.campaign(), town.customers(5))
    mine = claims(town.claim("dead", 3))
    town.claim("alive", 1)
    outbox.hand_over(town.session, mine[:2], town.now, yes)
    assert release.recover(town.session, town.now) == release.Recovered(0, 0)
    assert release.recover(town.session, town.now, alive={"alive"}) == release.Recovered(released=1, in_doubt=2)
    found = states(town.session)
    assert sorted(found) == sorted([State.IN_DOUBT] * 2 + [State.READY] * 2 + [State.CLAIMED])
    assert release.recover(town.session, town.now + timedelta(minutes=15)) == release.Recovered(1, 0)


def test_the_policy_resend_makes_what_is_in_doubt_ready_again(town: Town) -> None:
    town.run(town.campaign(), town.customers(1))
    mine = claims(town.claim("dead"))
    outbox.hand_over(town.session, mine, town.now, yes)
    found = release.recover(town.session, town.now, alive=set(), in_doubt="resend")
    assert found == release.Recovered(0, 1, resent=1)
    assert claims(town.claim())[0][1] == 2


def test_a_late_acceptance_settles_what_was_in_doubt(town: Town) -> None:
    town.run(town.campaign(), town.customers(1))
    [(message, epoch)] = mine = claims(town.claim("slow"))
    outbox.hand_over(town.session, mine, town.now, yes)
    release.recover(town.session, town.now, alive=set())
    outbox.settle(town.session, [(message, epoch, OK)], town.now, RETRY)
    assert states(town.session) == [State.SENT]


def test_what_a_message_says_is_written_once(town: Town) -> None:
    town.run(town.campaign(), town.customers(1))
    [(message, epoch)] = claims(town.claim())
    row = {"id": message, "epoch": epoch, "context": '{"n":1}', "template_version_id": None, "dated_at": town.now}
    outbox.write(town.session, [row | {"subject": "first"}])
    outbox.write(town.session, [row | {"subject": "second"}])
    found = town.session.get(Message, message, populate_existing=True)
    assert found is not None
    assert (found.subject, found.context) == ("first", {"n": 1})


def test_a_message_whose_template_fails_is_set_aside(town: Town) -> None:
    run = town.run(town.campaign(), town.customers(1))
    [(message, epoch)] = claims(town.claim())
    outbox.fail_rendering(town.session, [(message, epoch, "no such insight"), (0, 1, "nobody")], town.now)
    assert states(town.session) == [State.RENDER_FAILED]
    assert run.id is not None
    assert accounts(town.session, run.id).render_failed == 1


def test_a_cancelled_run_leaves_nothing_to_claim(town: Town) -> None:
    run = town.run(town.campaign(), town.customers(3))
    town.claim(limit=1)
    assert release.cancel_run(town.session, run, town.now) == 2
    assert town.claim() == []


def test_a_bounce_proves_that_what_was_in_doubt_was_accepted(town: Town) -> None:
    town.run(town.campaign(), town.customers(1))
    mine = claims(town.claim())
    outbox.hand_over(town.session, mine, town.now, yes)
    release.recover(town.session, town.now, alive=set())
    message = town.session.exec(select(Message).execution_options(populate_existing=True)).one()
    outbox.report_bounce(town.session, message, "5.1.1", town.now)
    assert (message.state, message.bounce_status) == (State.SENT, "5.1.1")


def test_a_letter_of_a_person_is_claimed_before_campaigns(town: Town) -> None:
    town.run(town.campaign(priority=90), town.customers(1))
    answer = departing.enqueue_one(
        town.session, kind=Kind.ANSWER, address="ann@example.com", staff_id=None, customer_id=None,
        message_id="x@shop.example", subject="Re: hello", letter={"text": "Hello"}, headers={}, now=town.now,
    )  # fmt: skip
    assert town.claim()[0].id == answer.id


STEPS = ("claim", "hand over", "settle", "crash", "tick", "cancel")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('law')}/mailer.db")
    store.create()
    yield store
    store.close()


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9)), min_size=5, max_size=25))
def test_whatever_happens_everybody_is_accounted_for_and_nobody_leaves_twice(
    shared: Store, steps: list[tuple[str, int]]
) -> None:
    now = START
    with shared.write() as session:
        town = found(session, now)
        run = town.run(town.campaign(), town.customers(6))
        assert run.id is not None
        held: list[tuple[int, int]] = []
        dots: list[tuple[int, int]] = []
        left: list[int] = []
        for step, n in steps:
            if step == "claim":
                held += claims(outbox.claim(session, f"owner{n}", now, 1 + n % 4, timedelta(minutes=15)))
            elif step == "hand over":
                handed = outbox.hand_over(session, held, now, yes)
                left += [message for message, _ in handed]
                dots += [claim for claim in held if claim in handed]
            elif step == "settle" and dots:
                message, epoch = dots.pop()
                outcome = (Outcome.ACCEPTED, Outcome.REFUSED, Outcome.LOST)[n % 3]
                outbox.settle(session, [(message, epoch, Receipt(outcome, 250))], now, RETRY)
            elif step == "crash":
                release.recover(session, now, alive=set())
            elif step == "tick":
                now += timedelta(minutes=10)
                release.recover(session, now)
            elif step == "cancel" and n == 0:
                release.cancel_run(session, run, now)
            books = accounts(session, run.id)
            assert books.balance
            assert books.chosen == 6
        assert len(left) == len(set(left))
        session.rollback()


def cancelled(_session: object, ids: list[int], _now: object) -> dict[int, gate.Refusal]:
    return {one: Refusal(No.CANCELLED, None, "the run was cancelled") for one in ids}


def slept_past_the_lease(town: Town, customers: int) -> tuple[list[outbox.Claim], list[outbox.Claim], datetime]:
    """Return what a sender had claimed, what it claimed once more when its lease was over, and when that was."""
    town.run(town.campaign(), town.customers(customers))
    old = claims(town.claim())
    later = town.now + timedelta(minutes=16)
    release.recover(town.session, later)
    return old, claims(outbox.claim(town.session, "me", later, 10, timedelta(minutes=15))), later


def test_many_are_refused_at_their_dots_at_once_and_only_what_is_ours(town: Town) -> None:
    town.run(town.campaign(), town.customers(5))
    mine = claims(town.claim())

    stale = [(mine[0][0], mine[0][1] + 1), *mine[1:]]
    assert outbox.hand_over(town.session, stale, town.now, cancelled) == set()
    assert states(town.session) == [State.CLAIMED, *[State.CANCELLED] * 4]
    assert outbox.set_aside(town.session, mine[:1], town.now, cancelled) == {mine[0]}
    assert states(town.session) == [State.CANCELLED] * 5


def test_of_two_claims_of_one_message_in_one_round_the_newer_is_handed_over(town: Town) -> None:
    """Whoever slept past its lease may have claimed again what it still has in hand."""
    old, new, later = slept_past_the_lease(town, 2)
    assert [epoch for _, epoch in new] == [2, 2]
    assert outbox.hand_over(town.session, [*new[:1], *old, *new[1:]], later, yes) == set(new)


def test_of_two_claims_of_one_message_that_is_refused_the_newer_is_set_aside(town: Town) -> None:
    old, new, later = slept_past_the_lease(town, 1)

    assert outbox.hand_over(town.session, [*new, *old], later, cancelled) == set()
    assert states(town.session) == [State.CANCELLED]
