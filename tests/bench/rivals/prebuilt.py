"""Our outbox, gate, sender and journal with letters whose bytes were made before: what the writing of letters costs."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from shared import measured  # noqa: E402

from mailer.delivery import sender  # noqa: E402
from mailer.delivery.message import Message  # noqa: E402
from mailer.delivery.transport import Envelope, Outcome, open_transport  # noqa: E402
from tests.drill.house import envelope, prepare  # noqa: E402
from tests.drill.worker import Worker  # noqa: E402

port, many, connections, size = map(int, sys.argv[1:])


class Prebuilt(Worker):
    """Gives each claimed message the bytes it was given before."""

    def batches(self) -> list[Envelope]:
        return [replace(made[each.id], epoch=each.epoch) for each in super().batches()]


with tempfile.TemporaryDirectory(prefix="bench-") as place:
    prepare(Path(place), many)
    made = {
        n: envelope(Message(id=n, epoch=1, address=f"c{n}@example.com", message_id=f"{n}@drill.example"), size)
        for n in range(1, many + 1)
    }
    worker = Prebuilt(Path(place), batch=200, size=100)
    way = open_transport(f"smtp://127.0.0.1:{port}?tls=no", ROOT)
    measured(
        lambda: sender.send(worker.batches, way, worker.commit, connections, worker.note).outcomes[Outcome.ACCEPTED]
    )
    worker.store.close()
