"""Reading: whatever arrives is read, bounded, and never believed."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import Permanent
from mailer.mail.parse import MAX_EMAIL, MAX_IDS, MAX_SUBJECT, parse


def email(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(lines).encode(encoding)


def test_an_email_is_read() -> None:
    found = parse(
        email(
            "Delivered-To: r-token@reply.example.com",
            "From: =?utf-8?q?J=C3=B6rg?= <Joerg@Example.com>",
            "To: Shop <hello@shop.example>, second@shop.example",
            "Cc: hello@shop.example",
            "Reply-To: other@example.com",
            "Subject: =?utf-8?b?R3LDvMOf?= =?utf-8?b?ZQ==?=",
            " folded",
            "Message-ID: <one@example.com>",
            "In-Reply-To: <ours@shop.example>",
            "References: <first@shop.example>",
            " <ours@shop.example>",
            "Date: Mon, 16 Mar 2026 11:00:00 +0100",
            "",
            "Hello",
        )
    )
    assert found.from_name == "Jörg"
    assert found.from_address == "joerg@example.com"
    assert found.recipients == ("r-token@reply.example.com", "hello@shop.example", "second@shop.example")
    assert found.reply_to == ("other@example.com",)
    assert found.subject == "Grüße folded"
    assert found.message_id == "one@example.com"
    assert found.in_reply_to == ("ours@shop.example",)
    assert found.references == ("first@shop.example", "ours@shop.example")
    assert found.date == datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
    assert found.text == "Hello"
    assert found.header("Subject").startswith("=?utf-8?b?")
    assert found.header("X-None") == ""


def test_parts_are_words_or_attachments() -> None:
    found = parse(
        email(
            "From: a@example.com",
            'Content-Type: multipart/mixed; boundary="out er"',
            "",
            "--out er",
            "Content-Type: multipart/alternative; boundary=inner",
            "",
            "--inner",
            "",
            "plain words",
            "--inner",
            "Content-Type: text/html; charset=iso-8859-1",
            "Content-Transfer-Encoding: quoted-printable",
            "",
            "<p>caf=E9</p>",
            "--inner--",
            "--out er",
            "Content-Type: application/pdf",
            "Content-Transfer-Encoding: base64",
            "Content-Disposition: attachment; filename*0*=utf-8''R%C3%BC; filename*1=ck.pdf",
            "",
            "aGVsbG8=",
            "--out er",
            'Content-Type: text/plain; name="notes.txt"',
            "",
            "not words",
            "--out er",
            "Content-Type: message/rfc822",
            "",
            "Subject: somebody else's",
            "",
            "somebody else's words",
            "--out er--",
        )
    )
    assert found.text == "plain words"
    assert found.html == "<p>café</p>"
    assert [(one.name, one.content_type, one.size) for one in found.attachments] == [
        ("Rück.pdf", "application/pdf", 5),
        ("notes.txt", "text/plain", 9),
        ("", "message/rfc822", len("Subject: somebody else's\r\n\r\nsomebody else's words")),
    ]


@pytest.mark.parametrize(
    ("charset", "encoding", "words"),
    [
        ("utf-8", "utf-8", "Grüße"),
        ("iso-8859-1", "cp1252", "„Grüße“ €"),
        ("us-ascii", "utf-8", "Grüße"),
        ("ks_c_5601-1987", "cp949", "스티해"),
        ("gb2312", "gb18030", "您好，镕"),
        ("iso-2022-jp", "iso2022_jp", "こんにちは"),
        ("no-such-charset", "utf-8", "Grüße"),
        ("punycode", "utf-8", "Grüße"),
        ("rot13", "utf-8", "Grüße"),
        ("", "koi8-r", "Здравствуйте, когда привезут мой заказ? Я жду его уже третий день."),
    ],
)
def test_a_charset_is_believed_if_it_fits_and_guessed_if_not(charset: str, encoding: str, words: str) -> None:
    head = f"From: a@example.com\r\nContent-Type: text/plain; charset={charset}\r\n\r\n"
    assert parse(head.encode() + words.encode(encoding)).text == words


def test_a_character_split_between_two_encoded_words_is_one() -> None:
    assert parse(b"Subject: =?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=\r\n\r\nx").subject == "Grüße"


def test_a_subject_is_one_line() -> None:
    assert parse(b"Subject: =?utf-8?q?a=0D=0ABcc:_x=00?=\r\n\r\nx").subject == "a Bcc: x"


def test_ids_without_brackets_are_taken() -> None:
    assert parse(b"In-Reply-To: one@example.com\r\n\r\nx").in_reply_to == ("one@example.com",)


@pytest.mark.parametrize("date", ["yesterday", "Mon, 99 Foo 2026", "", "1" * 5000, "Mon, 16 Mar 99999 10:00:00"])
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert parse(f"Date: {date}\r\n\r\nx".encode()).date is None


def test_an_mbox_line_before_the_headers_is_passed_over() -> None:
    assert parse(b"From somebody Mon Mar 16 2026\nSubject: hi\n\nx").subject == "hi"


def test_lines_end_in_one_way() -> None:
    assert parse(b"From: a@example.com\r\n\r\na\r\nb\rc\nd\0").text == "a\nb\nc\nd"


@pytest.mark.parametrize("raw", [b"", b" \r\n\r\n"])
def test_an_empty_email_cannot_be_read(raw: bytes) -> None:
    with pytest.raises(Permanent, match="empty"):
        parse(raw)


def test_an_email_beyond_the_limit_is_not_read() -> None:
    with pytest.raises(Permanent, match="bytes"):
        parse(b"x" * (MAX_EMAIL + 1))


@given(st.binary(min_size=1, max_size=2000))
def test_any_bytes_are_read(raw: bytes) -> None:
    if raw.strip():
        parse(raw)


PIECES = st.sampled_from(
    [
        b"From: a@b.example\r\n", b"Subject: =?utf-8?q?=C3?=\r\n", b"\r\n", b"\n", b"--x\r\n", b"--x--\r\n", b"--y\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Type: multipart/report; boundary=y\r\n",
        b"Content-Type: text/html; charset=utf-7\r\n", b"Content-Type: message/rfc822\r\n", b"<div>", b"> quoted\r\n",
        b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: ;;=\r\n", b" \r\n", b"\xff\xfe", b"QQ=", b"=\r\n",
    ]
)  # fmt: skip


@given(st.lists(PIECES, min_size=1, max_size=60).map(b"".join))
def test_any_heap_of_pieces_of_emails_is_read(raw: bytes) -> None:
    if raw.strip():
        parse(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: " + b"a " * 200_000 + b"\r\n\r\nx",
        b"Subject: " + b"=?utf-8?q?a?= " * 30_000 + b"\r\n\r\nx",
        b"X: a\r\n" * 100_000 + b"\r\nx",
        b"X: a\r\n" + b" a\r\n" * 100_000 + b"\r\nx",
        b"References: " + b"<a@b> " * 50_000 + b"\r\n\r\nx",
        b"To: " + b'"\\"' * 50_000 + b"\r\n\r\nx",
        b"To: " + b"(" * 100_000 + b"\r\n\r\nx",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(2_000)),
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 50_000,
    ],
    ids=["subject", "words", "fields", "folds", "references", "quotes", "comments", "depth", "parts"],
)
def test_what_is_made_to_be_slow_is_read_in_time(raw: bytes) -> None:
    began = time.monotonic()
    found = parse(raw)
    assert time.monotonic() - began < 3
    assert len(found.subject) <= MAX_SUBJECT
    assert len(found.references) <= MAX_IDS
