"""The product's own path, from ready rows to settled ones: a real house, campaign, templates, gate and journal."""

import subprocess
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from shared import measured  # noqa: E402

from mailer import clock, pipeline  # noqa: E402
from mailer.delivery import gate, outbox  # noqa: E402
from mailer.delivery.message import State, T  # noqa: E402
from mailer.paths import Home  # noqa: E402
from mailer.pipeline.write import write  # noqa: E402
from tests.drill import shop  # noqa: E402

WARM = 500  # one batch, sent before the clock starts: a house is warm, and its processes are there


def main() -> None:
    """Send so many; or, asked for the size, tell how long one letter is."""
    port, many, connections, keys, url = (*sys.argv[1:], "")[:5]
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        where = f"smtp://127.0.0.1:{port}?tls=no"
        given = {"url": url, "connections": int(connections), "keys": tuple(filter(None, keys.split(",")))}
        home = shop.found(Path(place), int(many) + WARM, where, **given)
        house = shop.open_house(home)
        assert shop.choose(house) == int(many) + WARM
        if port == "0":
            now = clock.now()
            with house.store.write() as session:
                judge = gate.judge(house.settings.gate)
                claimed = outbox.claim(session, house.owner, now, 1, shop.timedelta(minutes=5), judge)
            print(len(write(house, claimed, now)[0].data))
        house.close()
        if port != "0":
            subprocess.run([sys.executable, __file__, "send", str(home.root), many], check=True)


def send(home: Home, many: int) -> None:
    """Send everything, in a process that did nothing else before; check that it is settled."""
    house = shop.open_house(home)
    turns = iter([False])
    warm = pipeline.send(house, stop=lambda: next(turns, True))
    measured(lambda: pipeline.send(house))
    with house.store.read() as session:
        sent = session.execute(sa.select(sa.func.count()).where(T.c.state == State.SENT)).scalar_one()
    house.close()
    assert (warm, sent) == (WARM, many + WARM), f"{warm} to warm up; {sent} of {many + WARM} are settled as sent"


if __name__ == "__main__":
    if sys.argv[1] == "send":
        send(Home(Path(sys.argv[2])), int(sys.argv[3]))
    else:
        main()
