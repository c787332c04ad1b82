import threading
from pathlib import Path

from structlog.testing import capture_logs

from mailer.errors import NotReady
from mailer.house import Beat, House
from mailer.paths import Home
from mailer.scheduler import Scheduler
from mailer.settings import Delivery, Settings


def test_a_beat_that_fails_is_logged_and_the_next_one_comes(tmp_path: Path) -> None:
    house = House(Home(tmp_path), Settings(delivery=Delivery(transport="memory:")))
    house.store.upgrade()
    begun, enough = list[str](), threading.Event()

    def fail() -> None:
        begun.append("fails")
        if len(begun) > 3:
            enough.set()
        raise NotReady("the relay sleeps") if len(begun) % 2 else ValueError("a fault")

    house.beats.append(Beat("ours", fail, 0.02))
    scheduler = Scheduler(house)
    with capture_logs() as said:
        scheduler.start()
        assert enough.wait(30)
        scheduler.stop()
    house.close()
    failed = [line for line in said if line["event"] == "step failed" and line["step"] == "ours"]
    assert {line["log_level"] for line in failed} == {"warning", "error"}
    assert len(failed) == len(begun) >= 4


def test_after_a_stop_nothing_beats(tmp_path: Path) -> None:
    house = House(Home(tmp_path), Settings(delivery=Delivery(transport="memory:")))
    house.store.upgrade()
    beaten = threading.Event()
    house.beats.append(Beat("ours", beaten.set, 0.02))
    scheduler = Scheduler(house)
    scheduler.start()
    assert beaten.wait(30)
    scheduler.stop()
    beaten.clear()
    assert not beaten.wait(0.2)
    house.close()
