"""Where do messages go when no server is wanted?

`file:` writes one .eml a message, to be looked at with any mail program: the way a new house starts, so that nothing
leaves it by accident. `memory:` keeps them in a list, for tests. Both keep the promise of every transport: nothing
before a yes, and the receipt only when the message is safely there.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

from mailer.delivery.transport import Envelope, HandOver, Outcome, Receipt
from mailer.failpoints import reach

WITHHELD = Receipt(Outcome.WITHHELD, text="not handed over")


class FileTransport:
    """One file a message, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(
        self, envelopes: AsyncIterator[Envelope], hand_over: HandOver
    ) -> AsyncIterator[tuple[Envelope, Receipt]]:
        """Write each envelope that may leave to `<message>-<epoch>.eml`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        async for envelope in envelopes:
            if not await hand_over(envelope):
                yield envelope, WITHHELD
                continue
            try:
                name = self._write(envelope)
            except OSError as error:  # a full disk: the file is not there, so this may be tried again
                yield envelope, Receipt(Outcome.DEFERRED, text=f"cannot write to {self.folder}: {error.strerror}")
                continue
            reach("delivery.after-dot")
            yield envelope, Receipt(Outcome.ACCEPTED, 250, f"written to {name}", name)

    def _write(self, envelope: Envelope) -> str:
        path = self.folder / f"{envelope.id}-{envelope.epoch}.eml"
        half = path.with_suffix(".part")
        with half.open("wb") as file:
            file.write(envelope.data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        return path.name


class MemoryTransport:
    """A list of what left."""

    def __init__(self) -> None:
        self.sent: list[Envelope] = []

    async def send(
        self, envelopes: AsyncIterator[Envelope], hand_over: HandOver
    ) -> AsyncIterator[tuple[Envelope, Receipt]]:
        """Keep each envelope that may leave."""
        async for envelope in envelopes:
            if not await hand_over(envelope):
                yield envelope, WITHHELD
                continue
            self.sent.append(envelope)
            reach("delivery.after-dot")
            yield envelope, Receipt(Outcome.ACCEPTED, 250, "kept", str(len(self.sent)))
