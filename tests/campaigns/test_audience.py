from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from mailer.campaigns.audience import SAME_ADDRESS, Clear, choose, left_out, plan
from mailer.campaigns.campaign import Campaign, Recipient, RecipientState, Run, RunState
from mailer.campaigns.schedule import Schedule
from mailer.people.customer import Customer
from mailer.store import Store

AT = "2026-03-17T09:00"


def made(session: Session, campaign: Campaign, now: datetime) -> tuple[Run, Schedule]:
    run = plan(session, campaign, AT, {"field": "a"}, 3, now, late=False, missed=False)
    assert run
    return run, Schedule.from_data(campaign.schedule)


def everybody(_session: Session, _ids: Sequence[int]) -> Mapping[int, str]:
    return {}


def ids(customers: Sequence[Customer]) -> list[int]:
    return [customer.id or 0 for customer in customers]


def rows(session: Session, run: Run) -> list[Recipient]:
    return list(session.exec(select(Recipient).where(Recipient.run_id == run.id).order_by(col(Recipient.customer_id))))


def test_an_occurrence_is_planned_once(session: Session, campaign: Campaign, now: datetime) -> None:
    run, _ = made(session, campaign, now)
    assert (run.state, run.criteria, run.segment_version, run.cursor) == (RunState.PLANNED, {"field": "a"}, 3, 0)
    assert plan(session, campaign, AT, {}, 4, now, late=False, missed=False) is None
    assert plan(session, campaign, "2026-03-24T09:00", {}, 4, now, late=True, missed=False)


def test_a_run_that_came_too_late_is_kept_as_missed(session: Session, campaign: Campaign, now: datetime) -> None:
    run = plan(session, campaign, AT, {}, 1, now, late=True, missed=True)
    assert run
    assert run.state is RunState.MISSED
    assert choose(session, run, Schedule.from_data(campaign.schedule), [], everybody, now) == 0
    assert run.state is RunState.MISSED


def test_each_customer_is_due_at_their_own_nine_o_clock(
    session: Session, campaign: Campaign, customers: list[Customer], now: datetime
) -> None:
    run, schedule = made(session, campaign, now)
    assert choose(session, run, schedule, ids(customers), everybody, now) == len(customers)
    due = {r.customer_id: r.due_at for r in rows(session, run)}
    assert due[customers[0].id or 0] == datetime(2026, 3, 17, 8, tzinfo=UTC)
    assert due[customers[1].id or 0] == datetime(2026, 3, 16, 19, tzinfo=UTC)
    assert due[customers[2].id or 0] == datetime(2026, 3, 17, 16, tzinfo=UTC)
    assert due[customers[3].id or 0] == datetime(2026, 3, 17, 9, tzinfo=UTC), "an unknown zone is read as UTC"


def test_a_run_started_by_hand_is_due_at_once(
    session: Session, campaign: Campaign, customers: list[Customer], now: datetime
) -> None:
    run = plan(session, campaign, f"{now:%Y-%m-%dT%H:%M}Z", {}, 1, now)
    assert run
    choose(session, run, Schedule.from_data(campaign.schedule), ids(customers), everybody, now)
    assert {recipient.due_at for recipient in rows(session, run)} == {now}


def test_who_is_left_out_is_kept_with_the_reason(
    session: Session, campaign: Campaign, customers: list[Customer], now: datetime
) -> None:
    run, schedule = made(session, campaign, now)
    no = {customers[0].id or 0: "suppressed", customers[1].id or 0: "held", customers[2].id or 0: "suppressed"}
    assert choose(session, run, schedule, ids(customers), lambda _s, _i: no, now) == len(customers) - 3
    assert [r.state for r in rows(session, run)[:4]] == [RecipientState.LEFT_OUT] * 3 + [RecipientState.CHOSEN]
    assert left_out(session, run.id or 0) == {"suppressed": 2, "held": 1}


def test_a_chunk_looked_at_twice_changes_nothing(
    session: Session, campaign: Campaign, customers: list[Customer], now: datetime
) -> None:
    run, schedule = made(session, campaign, now)
    assert choose(session, run, schedule, ids(customers[:5]), everybody, now) == 5
    first = rows(session, run)
    assert run.state is RunState.CHOOSING
    assert run.cursor == customers[4].id
    assert choose(session, run, schedule, ids(customers[:5]), everybody, now) == 0
    assert choose(session, run, schedule, ids(customers[3:]), everybody, now) == len(customers) - 5
    assert rows(session, run)[:5] == first
    assert [r.customer_id for r in rows(session, run)] == ids(customers)
    assert choose(session, run, schedule, [], everybody, now) == 0
    assert run.state is RunState.CHOSEN
    assert choose(session, run, schedule, ids(customers), everybody, now) == 0


def test_one_address_gets_one_email_of_a_run(
    session: Session, campaign: Campaign, customers: list[Customer], now: datetime
) -> None:
    run, schedule = made(session, campaign, now)
    choose(session, run, schedule, ids(customers[:2]), everybody, now)
    # while we choose, one customer gives up an address and another takes it
    address, customers[0].email = customers[0].email, "moved@example.com"
    session.flush()
    customers[5].email = address
    session.flush()
    choose(session, run, schedule, ids(customers[2:]), everybody, now)
    kept = rows(session, run)
    assert [r.customer_id for r in kept if r.address == address] == [customers[0].id]
    assert left_out(session, run.id or 0) == {SAME_ADDRESS: 1}
    assert len(kept) == len(customers)


def test_who_is_clear_is_copied_without_being_judged(
    session: Session, campaign: Campaign, customers: list[Customer], now: datetime
) -> None:
    run, schedule = made(session, campaign, now)
    table = SQLModel.metadata.tables["customer"]
    clear = Clear(table.c.id <= sa.bindparam("last_clear"), {"last_clear": customers[3].id})
    judged, due = list[int](), dict[str, datetime]()

    def judge(_session: Session, asked: Sequence[int]) -> Mapping[int, str]:
        judged.extend(asked)
        return {each: "suppressed" for each in asked if each == customers[4].id}

    choose(session, run, schedule, ids(customers[:1]), judge, now, clear, due)
    assert judged == ids(customers[:1]), "nobody knew yet when it is due where they live"
    for customer in customers:
        customer.time_zone = customers[0].time_zone
    session.flush()
    assert choose(session, run, schedule, ids(customers[1:]), judge, now, clear, due) == len(customers) - 2
    assert judged == ids(customers[:1] + customers[4:])
    assert {r.customer_id for r in rows(session, run)} == set(ids(customers))
    assert left_out(session, run.id or 0) == {"suppressed": 1}


def test_who_is_clear_and_lives_elsewhere_is_due_in_their_own_zone(
    session: Session, campaign: Campaign, customers: list[Customer], now: datetime
) -> None:
    run, schedule = made(session, campaign, now)
    clear, due = Clear(sa.true(), {}), dict[str, datetime]()
    for customer in customers:
        choose(session, run, schedule, ids([customer]), everybody, now, clear, due)
    other, _ = plan(session, campaign, "2026-03-18T09:00", {}, 1, now), session.flush()
    assert other
    choose(session, other, schedule, ids(customers), everybody, now)
    assert [r.due_at + timedelta(days=1) for r in rows(session, run)] == [r.due_at for r in rows(session, other)]


def test_a_crash_between_chunks_goes_on_where_it_was(store: Store, now: datetime) -> None:
    from mailer.people.consent import Topic
    from mailer.segments.segment import Segment

    with store.write() as session:
        segment = Segment(name="s", title="s", criteria={}, created_at=now, updated_at=now)
        session.add_all([Topic(id="offers", name="Offers"), segment])
        session.flush()
        schedule = {"kind": "daily", "at": "09:00", "zone": "customer"}
        campaign = Campaign(
            name="c", title="c", segment_id=segment.id or 0, topic_id="offers", template="t", schedule=schedule,
            created_at=now,
        )  # fmt: skip
        town = [Customer(email=f"c{n}@example.com", created_at=now, updated_at=now) for n in range(30)]
        session.add_all([campaign, *town])
        session.flush()
        run = plan(session, campaign, AT, {}, 1, now)
        assert run
        run_id = run.id or 0
    crashes = 0
    for step in range(20):
        try:
            with store.write() as session:
                run = session.get_one(Run, run_id)
                chunk = session.exec(select(Customer).where(col(Customer.id) > run.cursor).limit(7)).all()
                campaign = session.get_one(Campaign, run.campaign_id)
                choose(session, run, Schedule.from_data(campaign.schedule), ids(chunk), everybody, now)
                if step % 2:
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            crashes += 1
    with store.read() as session:
        run = session.get_one(Run, run_id)
        assert run.state is RunState.CHOSEN
        assert [r.address for r in rows(session, run)] == [f"c{n}@example.com" for n in range(30)]
    assert crashes == 10
