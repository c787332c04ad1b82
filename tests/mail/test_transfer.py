"""Transfer encodings."""

import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.mail.transfer import decode_transfer, ended, piece, quoted_printable

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=500)
LINES = st.lists(st.sampled_from(["From us", ".", " ", "\n", "a", "=", "é", "李" * 30, "x" * 80, "\t"])).map("".join)


def kept(written: bytes) -> bool:
    """Whether quoted-printable lines are as they should be."""
    lines = written.split(b"\r\n")
    narrow = written.isascii() and all(len(line) <= 76 for line in lines)
    return narrow and not any(line.endswith((b" ", b"\t")) or line.startswith((b".", b"From ")) for line in lines)


def read(written: bytes) -> str:
    return quopri.decodestring(written).decode().replace("\r\n", "\n")


@given(ANY_TEXT | LINES)
def test_quoted_printable_is_read_back_and_keeps_its_width(text: str) -> None:
    written = quoted_printable(text)
    assert kept(written)
    assert read(written) == text.removesuffix("\n") + "\n"


@given(st.lists(ANY_TEXT | LINES))
def test_pieces_are_put_together_as_they_are(texts: list[str]) -> None:
    pieces = [piece(text) for text in texts]
    assert all(each == b"" or each.endswith(b"\r\n") for each in pieces)
    written = b"".join(pieces)
    assert kept(written)
    assert read(written) == read(ended(written)) == "".join(texts)
    assert not ended(written).endswith(b"=\r\n")


def test_no_line_begins_with_what_servers_or_mailboxes_would_change() -> None:
    assert quoted_printable("From " + "x" * 71) == b"=46rom " + b"x" * 68 + b"=\r\nxxx\r\n"
    assert quoted_printable("From us\n.") == b"=46rom us\r\n=2E\r\n"
    assert piece("." + "x" * 72) == b"=2E" + b"x" * 72 + b"=\r\n"
    assert piece("a\n") == b"a\r\n"


@pytest.mark.parametrize(
    ("encoding", "data", "expected"),
    [
        ("base64", b"aGVs\r\nbG8=", b"hello"),
        ("BASE64", b"aGVsbG8", b"hello"),
        (" base64 ; x", b"aGVs!bG8=", b"hello"),
        ("quoted-printable", b"h=65llo=\r\n", b"hello"),
        ("quoted-pritable", b"h=65llo", b"hello"),
        ("7-bit", b"hello", b"hello"),
        ("x-uuencode", b"begin 644 a\n%:&5L;&\\ \n`\nend\n", b"hello"),
        ("", b"hello", b"hello"),
        ("x-unknown", b"hello", b"hello"),
    ],
)
def test_each_encoding_is_undone_however_it_is_spelt(encoding: str, data: bytes, expected: bytes) -> None:
    assert decode_transfer(data, encoding) == expected
