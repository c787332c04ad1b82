"""Letters to send, and a way to send them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime

from mailer.delivery.transport import Envelope, Receipt, Transport
from mailer.mail.compose import Letter, Party, compose

RAW = ("mailgun", "ses")  # the providers that take the email as it is

LETTER = Letter(
    subject="Schöne Grüße, Ann – 20 % off",
    html="<p>Hallo <b>Ann</b>,</p>\n<p>.a dot first, and a very long line: " + "word " * 60 + "</p>",
    text="Hallo Ann,\n\n.a dot first\nund Grüße ☕",
)
HEADERS = {
    "List-Unsubscribe": f"<https://shop.example/u/{'a' * 40}>, <mailto:r-{'b' * 40}@shop.example?subject=unsubscribe>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "List-Id": "<offers.shop.example>",
    "Feedback-ID": "7:offers:campaign:lifeline",
    "Auto-Submitted": "auto-generated",
}


def data(n: int = 1, letter: Letter = LETTER, sender: str = "maya@shop.example") -> bytes:
    return compose(
        letter,
        sender=Party("Maya Keller, Kundenbüro", sender),
        to=f"c{n}@example.com",
        message_id=f"m{n}@shop.example",
        dated_at=datetime(2026, 3, 16, 10, tzinfo=UTC),
        reply_to=Party('Maya "M" Keller', f"r-{'b' * 40}@reply.shop.example"),
        headers=HEADERS,
    )


def envelope(n: int = 1, to: str = "", raw: bytes | None = None) -> Envelope:
    return Envelope(n, 1, "b-1@reply.shop.example", to or f"c{n}@example.com", data(n) if raw is None else raw)


class Feed:
    """A source as the sender's is: one may look whether the next is there already; or one that never says."""

    def __init__(self, envelopes: Iterable[Envelope]) -> None:
        self.left = iter(envelopes)

    def __aiter__(self) -> "Feed":
        return self

    async def __anext__(self) -> Envelope:
        if (envelope := self.at_hand()) is None:
            raise StopAsyncIteration
        return envelope

    def at_hand(self) -> Envelope | None:
        return next(self.left, None)


async def unseen(feed: Feed) -> AsyncIterator[Envelope]:
    async for envelope in feed:
        yield envelope


def send(
    transport: Transport,
    envelopes: Sequence[Envelope],
    allow: Callable[[Envelope], bool] = lambda _: True,
    *,
    at_hand: bool = True,
) -> list[tuple[Envelope, Receipt]]:
    async def hand_over(each: Envelope) -> bool:
        return allow(each)

    async def run() -> list[tuple[Envelope, Receipt]]:
        feed = Feed(envelopes)
        async with asyncio.timeout(20):
            return [pair async for pair in transport.send(feed if at_hand else unseen(feed), hand_over)]

    return asyncio.run(run())
