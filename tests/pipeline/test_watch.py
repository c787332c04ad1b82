"""The alarms: what does not balance, and what stands still, is said aloud."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mailer.campaigns.campaign import CampaignState, Recipient, RecipientState
from mailer.delivery import accounts, departing
from mailer.delivery.accounts import STANDS_STILL
from mailer.delivery.message import State, T
from tests.delivery.conftest import Town, found


@pytest.fixture
def town(session, now) -> Town:
    return found(session, now)


def whats(town: Town, later: timedelta = timedelta()) -> list[str]:
    """What the alarms say of the runs of this town."""
    now = town.now + later
    return [alarm.what for alarm in accounts.alarms(town.session, accounts.recent(town.session, now), now)]


def started(town: Town, customers: int = 3) -> None:
    town.run(town.campaign(), town.customers(customers))


def test_a_run_whose_emails_are_due_and_do_not_move_is_an_alarm_after_ten_minutes(town: Town) -> None:
    started(town)
    assert whats(town, STANDS_STILL - timedelta(seconds=1)) == []
    (what,) = whats(town, STANDS_STILL + timedelta(minutes=1))
    assert what.startswith("3 emails wait, due since 2026-03-16 10:00 UTC")


def test_a_run_of_which_something_moved_lately_does_not_stand_still(town: Town) -> None:
    started(town)
    later = STANDS_STILL + timedelta(minutes=1)
    moved = {"state": State.HANDED_OVER, "handed_over_at": town.now + later - timedelta(minutes=2)}
    first = town.session.execute(sa.select(sa.func.min(T.c.id))).scalar_one()
    town.session.execute(sa.update(T).where(T.c.id == first).values(moved))
    assert whats(town, later) == []


def test_what_a_person_paused_stands_still_and_is_no_alarm(town: Town) -> None:
    started(town)
    town.campaigns[0].state = CampaignState.PAUSED
    town.session.flush()
    assert whats(town, STANDS_STILL * 3) == []


def test_what_waits_for_a_later_hour_is_no_alarm(town: Town) -> None:
    town.run(town.campaign(), town.customers(2), due_at=town.now + timedelta(hours=8))
    assert whats(town, timedelta(hours=1)) == []


def test_an_account_that_does_not_balance_is_an_alarm_with_both_numbers(town: Town) -> None:
    started(town)
    assert whats(town) == []
    left_out = sa.update(Recipient.__table__).values(state=RecipientState.LEFT_OUT)
    first = town.session.execute(sa.select(sa.func.min(Recipient.id))).scalar_one()
    town.session.execute(left_out.where(Recipient.__table__.c.id == first))
    (what,) = whats(town)
    assert what == "the accounts do not balance: 2 chosen, 3 found"


def test_a_recipient_without_a_message_yet_is_pending_and_the_accounts_balance(town: Town) -> None:
    started(town)
    first = town.session.execute(sa.select(sa.func.min(T.c.id))).scalar_one()
    town.session.execute(sa.delete(T).where(T.c.id == first))
    assert whats(town) == []
    run = accounts.recent(town.session, town.now)[0]
    books = accounts.accounts(town.session, run.id or 0)
    assert (books.chosen, books.pending, books.balance) == (3, 3, True)
    assert departing.enqueue(town.session, run, town.campaigns[0], town.now, "shop.example") == 1
