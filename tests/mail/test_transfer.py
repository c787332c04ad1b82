"""Transfer encodings."""

import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.mail.transfer import decode_transfer, quoted_printable


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=500))
def test_quoted_printable_is_read_back_and_keeps_its_width(text: str) -> None:
    written = quoted_printable(text)
    assert written.isascii()
    assert all(len(line) <= 76 for line in written.split(b"\r\n"))
    assert not any(line.endswith((b" ", b"\t")) for line in written.split(b"\r\n"))
    assert quopri.decodestring(written).decode().replace("\r\n", "\n") == text.removesuffix("\n") + "\n"


def test_a_line_that_looks_like_the_begin_of_an_email_in_a_mailbox_is_hidden() -> None:
    assert quoted_printable("From " + "x" * 71) == b"=46rom" + b"=\r\n " + b"x" * 71 + b"\r\n"
    assert quoted_printable("From us") == b"=46rom us\r\n"


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
