"""A campaign is stopped while a slow server is being sent to: how much still leaves, and how soon is it over?"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from mailer import clock, founding, pipeline, settings
from mailer.campaigns.campaign import Campaign, CampaignState, Recipient, RecipientState, Run, RunState
from mailer.delivery import departing
from mailer.delivery.accounts import accounts
from mailer.delivery.message import Message, State
from mailer.house import House
from mailer.paths import Home
from mailer.people.consent import decide
from mailer.people.customer import Customer
from tests.delivery.sink import Sink, sink

SOON = 5.0  # seconds from the press to the last email
CONNECTIONS, CUSTOMERS = 4, 80
SETTINGS = """
[delivery]
transport = "smtp://127.0.0.1:{port}?tls=no"
connections = 4
[gate]
quiet_from = "00:00"
quiet_until = "00:00"
[web]
second_step = false
"""


@pytest.fixture
def slow() -> Iterator[Sink]:
    """A server that thinks for half a second about every email: all of them would take ten."""
    with sink() as server:
        server.thinks = 0.5
        yield server


@pytest.fixture
def house(tmp_path: Path, slow: Sink) -> Iterator[House]:
    home = Home(tmp_path)
    founding.found(home, SETTINGS.format(port=slow.port))
    house = House(home, settings.load(home, {}))
    house.store.upgrade()
    yield house
    house.close()


@pytest.fixture
def run(house: House, campaign: Campaign) -> Run:
    """A run of the campaign whose emails are ready."""
    now = clock.now()
    with house.store.write() as session:
        asked = session.get_one(Campaign, campaign.id)
        asked.state = CampaignState.APPROVED
        run = Run(
            campaign_id=campaign.id or 0, occurrence="2026-03-17T09:00", state=RunState.CHOSEN, planned_at=now,
            criteria={"field": "language", "op": "is", "value": "en"},
        )  # fmt: skip
        session.add(run)
        session.flush()
        for n in range(CUSTOMERS):
            customer = Customer(email=f"c{n}@example.com", representative_id=1, created_at=now, updated_at=now)
            session.add(customer)
            session.flush()
            decide(session, customer.id or 0, "offers", True, now, "import")
            session.add(
                Recipient(
                    run_id=run.id or 0, customer_id=customer.id or 0, address=customer.email,
                    state=RecipientState.CHOSEN, due_at=now, chosen_at=now,
                )
            )  # fmt: skip
        session.flush()
        departing.enqueue(session, run, asked, now, "shop.example")
    return run


def by_page(what: str, run: Run, house: House, browser: Callable, press: Callable) -> None:
    page = "/campaigns/back"
    action = f"{page}/pause" if what == "pause" else f"/runs/{run.public_id}/cancellation"
    assert press(browser("nora"), page, action).status_code == 302


def by_command(what: str, run: Run, house: House, browser: Callable, press: Callable) -> None:
    command = [sys.executable, "-m", "mailer.cli", "--home", str(house.home.root), "campaign"]
    subprocess.run([*command, "pause" if what == "pause" else "cancel-run", "back"], check=True, capture_output=True)


@pytest.mark.parametrize("stop", [by_page, by_command])
@pytest.mark.parametrize(("what", "aside"), [("pause", State.WAITING), ("cancel", State.CANCELLED)])
def test_nothing_more_leaves_than_stands_at_its_dot_and_it_is_over_within_seconds(
    house: House, run: Run, slow: Sink, browser: Callable, press: Callable, stop: Callable, what: str, aside: State
) -> None:
    sending = threading.Thread(target=pipeline.send, args=(house,))
    sending.start()
    while len(slow.got) < 2 * CONNECTIONS:
        assert sending.is_alive()
        time.sleep(0.01)
    stop(what, run, house, browser, press)
    said, before = time.monotonic(), len(slow.got)
    sending.join(SOON)
    assert not sending.is_alive(), f"it still sends {time.monotonic() - said:.1f} s after it was stopped"
    assert len(slow.got) <= before + CONNECTIONS
    pipeline.tidy(house, clock.now())
    with house.store.read() as session:
        assert gone(session, run) == {State.SENT: len(slow.got), aside: CUSTOMERS - len(slow.got)}
        assert accounts(session, run.id or 0).balance


def gone(session: Session, run: Run) -> dict[State, int]:
    states = session.exec(select(Message.state).where(Message.run_id == run.id)).all()
    return {state: states.count(state) for state in set(states)}
