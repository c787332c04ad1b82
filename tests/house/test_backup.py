"""A house is saved while it works, made anew, and writes to nobody twice."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from mailer import backup, clock, founding, pipeline, settings
from mailer.delivery import departed, departing, journal
from mailer.delivery.departed import Departed
from mailer.delivery.journal import Left
from mailer.delivery.message import Kind, Message, State
from mailer.errors import Invalid, NotReady
from mailer.house import House
from mailer.mail.tokens import Purpose
from mailer.paths import Home
from mailer.people.staff import Role
from mailer.store import Store
from mailer.web.app import create_app
from tests.delivery.sink import sink

SETTINGS = """
[delivery]
transport = "{transport}"
connections = 4
batch = 20
[store]
url = "{store}"
"""


@pytest.fixture
def found(tmp_path: Path, new_database: Callable[..., str], store_kind: str) -> Iterator[Callable[..., House]]:
    """Open a house in a folder; on SQLite its database lies in the folder too."""
    opened: list[House] = []

    def make(name: str = "shop", transport: str = "memory:", **environment: str) -> House:
        home = Home(tmp_path / name)
        if not home.config.exists():
            store = "" if store_kind == "sqlite" else new_database(tables=True)
            founding.found(home, SETTINGS.format(transport=transport, store=store))
        house = House(home, settings.load(home, environment))
        house.store.create()
        opened.append(house)
        return house

    yield make
    for house in opened:
        house.close()


def fill(house: House, count: int) -> None:
    """Put so many notices into the outbox, whose letters are written already."""
    now = clock.now()
    with house.store.write() as session:
        for number in range(count):
            departing.enqueue_one(
                session, kind=Kind.NOTICE, address=f"c{number}@example.com", staff_id=None, customer_id=None,
                message_id=f"{number}@example.com", subject="Hello", headers={}, now=now,
                letter={"subject": "Hello", "html": "", "text": f"Number {number}"},
            )  # fmt: skip


def states(house: House) -> dict[str, State]:
    with house.store.read() as session:
        return {message.message_id: message.state for message in session.exec(select(Message))}


def restored(tmp_path: Path, file: Path, new_database: Callable[..., str], kind: str, **more: object) -> House:
    url = "" if kind == "sqlite" else new_database(tables=False)
    home = backup.restore(file, tmp_path / "restored", url, **more)
    if url:
        home.config.write_text(re.sub('url = ".*"', f'url = "{url}"', home.config.read_text()))
        assert not backup.misnamed(home, url)
    return House(home, settings.load(home, {}))


def test_a_restored_house_has_everything_and_sends_nothing_until_a_person_accepts(
    found: Callable[..., House], tmp_path: Path, new_database: Callable[..., str], store_kind: str
) -> None:
    house = found()
    assert pipeline.wake(house, clock.now()) == ""
    fill(house, 3)
    digest = house.spool.keep(b"Subject: hello\r\n\r\nHello\r\n")
    token = house.signer.sign(Purpose.VIEW, 1)
    file = tmp_path / "shop.tar.gz"
    assert backup.save(house, file, clock.now()) == file.stat().st_size
    assert file.stat().st_mode & 0o077 == 0
    assert house.safe_mode == ""

    again = restored(tmp_path, file, new_database, store_kind)
    assert "restored, or copied" in pipeline.wake(again, clock.now())
    assert again.spool.read(digest).startswith(b"Subject")
    assert again.signer.read(Purpose.VIEW, token) == 1
    assert pipeline.send(again) == 0
    assert pipeline.plan(again, clock.now()) == []
    assert set(states(again).values()) == {State.READY}
    pipeline.take_over(again, clock.now())
    assert again.safe_mode == ""
    assert pipeline.send(again) == 3
    again.close()


def test_nothing_is_overwritten_and_what_is_no_backup_is_refused(found: Callable[..., House], tmp_path: Path) -> None:
    house = found()
    file = tmp_path / "shop.tar.gz"
    backup.save(house, file, clock.now())
    with pytest.raises(Invalid, match="already"):
        backup.save(house, file, clock.now())
    with pytest.raises(Invalid, match="not empty"):
        backup.restore(file, house.home.root)
    half = tmp_path / "half.tar.gz"
    half.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(Invalid, match="not a whole backup"):
        backup.restore(half, tmp_path / "new")
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as tar:
        tar.add(house.home.config, "config/mailer.toml")
    with pytest.raises(Invalid, match="no database"):
        backup.restore(tmp_path / "other.tar.gz", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_copied_folder_and_a_lost_generation_are_recognised(found: Callable[..., House], store_kind: str) -> None:
    house = found()
    pipeline.wake(house, clock.now())
    assert house.safe_mode == ""
    shutil.copytree(house.home.root, house.home.root.parent / "copy")
    copy = found("copy")
    assert "copied" in pipeline.wake(copy, clock.now())
    assert house.safe_mode == ""
    house.generation.unlink()
    assert "restored" in house.safe_mode


def test_an_older_database_under_a_newer_journal_is_recognised(found: Callable[..., House]) -> None:
    house = found()
    pipeline.wake(house, clock.now())
    fill(house, 2)
    assert pipeline.send(house) == 2
    assert pipeline.wake(house, clock.now()) == ""
    house.journal.append(["later@example.com"], clock.now() + timedelta(minutes=1))
    assert "older than the journal" in pipeline.wake(house, clock.now())
    assert "older than the journal" in pipeline.wake(house, clock.now())
    assert pipeline.take_over(house, clock.now()).unknown == 1
    with house.store.read() as session:
        assert session.exec(select(Departed.message_id)).all() == ["later@example.com"]


@pytest.mark.parametrize("killed", ["delivery.settled", "delivery.after-hand-over", ""])
def test_a_house_saved_while_it_sends_and_lost_writes_to_nobody_twice(
    found: Callable[..., House], tmp_path: Path, new_database: Callable[..., str], store_kind: str, killed: str
) -> None:
    with sink() as server:
        house = found(transport=f"smtp://127.0.0.1:{server.port}")
        pipeline.wake(house, clock.now())
        fill(house, 120)
        environment = os.environ | ({f"MAILER_FAILPOINTS__{killed}": "kill@12"} if killed else {})
        command = [sys.executable, "-m", "tests.house.sending", str(house.home.root)]
        sending = subprocess.Popen(command, env=environment)
        while len(server.got) < 15 and sending.poll() is None:
            time.sleep(0.002)
        file = tmp_path / "shop.tar.gz"
        backup.save(house, file, clock.now())
        at_backup = len(server.got)
        while not killed and len(server.got) < at_backup + 20 and sending.poll() is None:
            time.sleep(0.002)
        if not killed:
            os.kill(sending.pid, signal.SIGKILL)
        assert sending.wait(60) == -signal.SIGKILL
        before = len(server.got)

        again = restored(tmp_path, file, new_database, store_kind, journal=house.home.var / "journal.log")
        assert pipeline.wake(again, clock.now())
        assert pipeline.send(again) == 0
        assert len(server.got) == before
        applied = pipeline.take_over(again, clock.now())
        again.store.lock()
        pipeline.recover(again)
        pipeline.send(again)
        got = Counter(re.search(rb"Message-ID: <(\S+)>", data, re.IGNORECASE)[1].decode() for *_, data in server.got)
        assert max(got.values()) == 1
        known = states(again)
        assert set(known.values()) <= {State.SENT, State.IN_DOUBT}
        assert {ident for ident in known if ident not in got} <= {i for i, s in known.items() if s is State.IN_DOUBT}
        assert sum(state is State.IN_DOUBT for state in known.values()) <= 8  # connections, at the backup and the crash
        assert applied.unknown == 0
        again.close()


def test_what_is_planned_again_after_a_restore_does_not_leave_again(store: Store, now: datetime) -> None:
    from tests.delivery.conftest import found as found_town
    from tests.delivery.conftest import message_id_of

    with store.write() as session:
        departed.apply(session, [])
        town = found_town(session, now)
        campaign, customers = town.campaign(), town.customers(3)
        ids = [
            message_id_of(campaign, "2026-03-01T09:00", customer.id, customer.email, "shop.example")
            for customer in customers
        ]
        renumbered = message_id_of(campaign, "2026-03-01T09:00", 77, customers[1].email, "shop.example")
        departed.apply(session, [Left(now, ids[0], True), Left(now, renumbered, False)])
        run = town.run(campaign, customers)
        departed.meet(session, run.id)
        found = {m.message_id: m.state for m in session.exec(select(Message))}
        assert found == {ids[0]: State.SENT, ids[1]: State.IN_DOUBT, ids[2]: State.READY}
        assert session.exec(select(Departed)).all() == []


def test_the_journal_tells_what_left_and_what_was_at_its_dot(tmp_path: Path) -> None:
    at = datetime(2026, 3, 16, tzinfo=UTC)
    book = journal.Journal(tmp_path / "journal.log")
    book.note(["a@x", "b@x"], at)
    book.append(["a@x"], at)
    book.close()
    assert list(journal.told(tmp_path / "journal.log")) == [
        Left(at, "a@x", False), Left(at, "b@x", False), Left(at, "a@x", True),
    ]  # fmt: skip
    assert list(journal.read(tmp_path / "journal.log")) == [(at, "a@x")]
    assert journal.last(tmp_path / "journal.log") == Left(at, "a@x", True)


def test_the_pages_say_that_nothing_is_sent_and_an_administrator_accepts(found: Callable[..., House]) -> None:
    house = found(MAILER_WEB__SECOND_STEP="false")
    now = clock.now()
    pipeline.wake(house, now)
    passwords = {
        role: founding.appoint(house, name=role.value.title(), email=f"{role}@example.com", role=role, now=now)[1]
        for role in (Role.ADMINISTRATOR, Role.MARKETER)
    }
    house.generation.unlink()
    app = create_app(house)

    def signed_in(role: Role) -> tuple[object, str]:
        client = app.test_client()
        form = client.get("/sign-in").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
        client.post("/sign-in", data={"csrf_token": token, "email": f"{role}@example.com", "password": passwords[role]})
        return client, client.get("/").get_data(as_text=True)

    marketer, page = signed_in(Role.MARKETER)
    assert "nothing is sent" in page
    assert "/safe-mode/acceptance" not in page
    administrator, page = signed_in(Role.ADMINISTRATOR)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    assert marketer.post("/safe-mode/acceptance", data={"csrf_token": token}).status_code in (400, 403)
    assert house.safe_mode
    assert administrator.post("/safe-mode/acceptance", data={"csrf_token": token}).status_code == 302
    assert house.safe_mode == ""
    assert "Safe mode" not in administrator.get("/").get_data(as_text=True)


def test_a_postgresql_backup_without_a_database_to_restore_into_says_what_to_name(
    found: Callable[..., House], tmp_path: Path, store_kind: str
) -> None:
    if store_kind == "sqlite":
        pytest.skip("a SQLite database is in the folder")
    house = found()
    backup.save(house, tmp_path / "shop.tar.gz", clock.now())
    with pytest.raises(NotReady, match="--store"):
        backup.restore(tmp_path / "shop.tar.gz", tmp_path / "new")
    with pytest.raises(Invalid, match="not empty"):
        backup.restore(tmp_path / "shop.tar.gz", tmp_path / "new", house.store.url)
