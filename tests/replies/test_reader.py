"""Reading in a child says what reading says, and whatever an email does is its own failure."""

from collections.abc import Iterator

import pytest

from mailer.child import Child
from mailer.errors import Permanent
from mailer.replies.reader import Reader
from mailer.replies.triage import triage

HEAD = b"From: Ann <ann@example.com>\r\nTo: r@example.org\r\nMessage-ID: <a@b.example>\r\n"
BOUNCE = (
    b"From: mailer-daemon@example.com\r\nTo: b@example.org\r\nContent-Type: multipart/report; "
    b'report-type=delivery-status; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--x\r\n'
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; "
    b"ann@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--x--\r\n"
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()


@pytest.mark.parametrize(
    "raw",
    [
        HEAD
        + b"Subject: Re: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nDate: Mon, 16 Mar 2026 10:00:00 +0100\r\n\r\nHi\r\n> you wrote",
        HEAD + b"Content-Type: text/html; charset=latin-1\r\n\r\n<p>caf\xe9</p><blockquote>old</blockquote>",
        BOUNCE,
        b"",
        bytes(range(256)) * 4,
    ],
    ids=["reply", "html", "bounce", "empty", "noise"],
)
def test_a_child_reads_what_we_would(reader: Reader, raw: bytes) -> None:
    try:
        here = triage(raw)
    except Permanent as error:
        with pytest.raises(Permanent, match=str(error)[:20]):
            reader.read(raw)
    else:
        assert reader.read(raw) == here


GREEDY = """
import os
import mailer.replies.reader as reader
from mailer.replies.triage import triage
reader.MEMORY = 8 * 2**20
def worse(raw, ours=None):
    if raw == b"greedy":
        bytearray(2**28)
    if raw == b"dead":
        os._exit(3)
    return triage(raw, ours)
reader.triage = worse
reader.work()
"""


def test_what_takes_too_much_is_refused_and_the_next_one_is_read() -> None:
    reader = Reader()
    reader._child = Child(GREEDY)
    with pytest.raises(Permanent, match="memory"):
        reader.read(b"greedy")
    with pytest.raises(Permanent, match="stopped"):
        reader.read(b"dead")
    assert reader.read(HEAD + b"\r\nHello").email.from_address == "ann@example.com"
    reader.close()
