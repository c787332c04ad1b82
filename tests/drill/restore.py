"""A backup is made while we send, more leaves, the house is lost: what does the restored one send?

The sender is killed some time after the backup. The house is made anew from the backup and the journal that survived.
It sends nothing until a person accepts; then only what had not left.

Always on SQLite, whose whole house lies in one folder that can be lost. That a backup of a house on PostgreSQL is
consistent, is restored, and starts in safe mode is tested in `tests/house/test_backup.py`.
"""

import random
import tempfile
from pathlib import Path

from mailer import backup, clock, pipeline
from mailer.house import House
from mailer.paths import Home
from tests.drill import lives, shop
from tests.drill.books import compare, logged
from tests.drill.house import judge_of
from tests.drill.result import Given, Result


def run(given: Given) -> Result:
    """Lose the house, and restore it."""
    result = Result("restore")
    rounds, customers = (1, 600) if given.short else (5, 3000)
    chance = random.Random(given.seed)
    lost = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="drill-") as folder:
            lost.append(_round(Path(folder), customers, chance, result))
    result.kills = rounds
    result.wants(any(lost), "nothing left between backup and loss: there was nothing to know from the journal")
    result.details = {"rounds": rounds, "left between backup and loss": lost}
    return result


def _round(folder: Path, customers: int, chance: random.Random, result: Result) -> int:
    with lives.judge(folder):
        home = shop.found(folder, customers, judge_of(folder))
        house = shop.open_house(home)
        shop.choose(house)
        house.close()
        beside = House(home)  # as `mailer backup` opens it, while the other one works
        sender = lives.PROCESSES.Process(target=send, args=(home,))
        sender.start()
        enough = customers // 5
        lives.until(lambda: logged(folder) >= enough or not sender.is_alive())
        saved = logged(folder)
        backup.save(beside, folder / "backup.tar.gz", clock.now())
        beside.close()
        enough = saved + chance.randint(20, customers // 4)
        lives.until(lambda: logged(folder) >= enough or not sender.is_alive())
        sender.kill()
        sender.join()
        left = logged(folder) - saved
        restored = backup.restore(folder / "backup.tar.gz", folder / "restored", journal=home.var / "journal.log")
        (folder / "store").write_text(f"sqlite:///{restored.var}/mailer.db")
        house = shop.open_house(restored)
        before = logged(folder)
        result.wants(house.safe_mode, "a restored house is not in safe mode")
        pipeline.send(house)
        result.wants(logged(folder) == before, "a restored house sent before anybody accepted it")
        pipeline.take_over(house, clock.now())
        pipeline.recover(house)
        pipeline.send(house)
        house.close()
    compare(folder, result)
    return left


def send(home: Home) -> None:
    """Send until nothing is left, or until killed."""
    house = shop.open_house(home)
    pipeline.recover(house)
    pipeline.send(house)
    house.close()
