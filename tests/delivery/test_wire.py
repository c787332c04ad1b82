import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.wire import LINE, LINES, Gone, Reply, Wire

words = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f\x85"), max_size=20)
replies = st.builds(Reply, st.integers(200, 599), st.lists(words, min_size=1, max_size=4).map(tuple))


def spoken(reply: Reply) -> bytes:
    *first, last = reply.lines
    lines = [f"{reply.code}-{line}" for line in first] + [f"{reply.code} {last}"]
    return "".join(f"{line}\r\n" for line in lines).encode()


def heard(wire: Wire, many: int) -> list[Reply]:
    async def listen() -> list[Reply]:
        return [await wire.reply(5) for _ in range(many)]

    return asyncio.run(listen())


@given(st.lists(replies, min_size=1, max_size=5), st.lists(st.integers(0, 400), max_size=12))
def test_however_the_network_cuts_them_the_replies_are_the_same(said: list[Reply], cuts: list[int]) -> None:
    raw = b"".join(map(spoken, said))
    wire = Wire()
    for start, end in pairwise([0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]):
        wire.data_received(raw[start:end])
    assert heard(wire, len(said)) == said
    assert not wire.pending


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"hello\r\n", "not an SMTP reply"),
        (b"99 no\r\n", "not an SMTP reply"),
        (b"x" * (LINE + 1), "a line without end"),
        (b"250-more\r\n" * (LINES + 1), "a reply without end"),
    ],
)
def test_nonsense_ends_the_connection_and_is_told(raw: bytes, words: str) -> None:
    wire = Wire()
    for start in range(0, len(raw), 1000):
        wire.data_received(raw[start : start + 1000])
    with pytest.raises(Gone, match=words):
        heard(wire, 1)


@pytest.mark.parametrize("nonsense", [b"hello\r\n", b"x" * (LINE + 1), b"250-more\r\n" * (LINES + 1)])
@pytest.mark.parametrize("waits", [True, False])
def test_what_was_said_before_nonsense_counts_even_if_one_packet_brings_both(nonsense: bytes, waits: bool) -> None:
    async def run() -> None:
        wire = Wire()
        listens = asyncio.ensure_future(wire.reply(5))
        if waits:
            await asyncio.sleep(0)
        wire.data_received(b"250 2.0.0 Ok: queued\r\n" + nonsense)
        assert await listens == Reply(250, ("2.0.0 Ok: queued",))
        with pytest.raises(Gone):
            await wire.reply(5)

    asyncio.run(run())


def test_silence_ends_it_and_what_comes_later_is_no_answer_to_anything() -> None:
    async def run() -> Wire:
        wire = Wire()
        with pytest.raises(Gone, match=r"no answer within 0\.01 seconds"):
            await wire.reply(0.01)
        return wire

    wire = asyncio.run(run())
    assert wire.gone


def test_whoever_listens_is_told_when_the_other_side_hangs_up() -> None:
    async def run() -> None:
        wire = Wire()
        listening = asyncio.ensure_future(wire.reply(30))
        await asyncio.sleep(0)
        wire.connection_lost(None)
        with pytest.raises(Gone, match="closed by the server"):
            await listening

    asyncio.run(run())


def test_what_came_before_the_end_is_still_read() -> None:
    wire = Wire()
    wire.data_received(b"421 4.3.2 closing\r\n")
    wire.connection_lost(None)
    assert heard(wire, 1) == [Reply(421, ("4.3.2 closing",))]
