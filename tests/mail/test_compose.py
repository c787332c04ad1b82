"""Letters: the same bytes for ever, and read back as they were meant."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import Invalid
from mailer.mail.compose import Letter, Party, compose
from mailer.mail.parse import parse

WHEN = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=200)
ANY_BODY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=400)


def written(letter: Letter, **more: object) -> bytes:
    given_: dict[str, object] = {
        "sender": Party("Ann Lee", "ann@example.com"),
        "to": "bob@example.com",
        "message_id": "run-7.12@example.com",
        "dated_at": WHEN,
    }
    return compose(letter, **(given_ | more))  # type: ignore[arg-type]


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def test_golden_bytes_of_a_whole_letter() -> None:
    raw = compose(
        Letter("Grüße aus dem Laden", "<p>Grüß dich</p>\n", "Grüß dich\nFrom here on:\n.\n"),
        sender=Party("Jörg Ölmann", "joerg@example.com"),
        to="bob@example.com",
        message_id="<run-7.12@example.com>",
        dated_at=datetime(2026, 3, 16, 11, 0, tzinfo=timezone(timedelta(hours=1))),
        reply_to=Party("Jörg Ölmann", "r-abc@reply.example.com"),
        headers={"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Feedback-ID": "c7:win-back:lifeline:example"},
    )
    assert raw.decode("ascii").replace("\r\n", "\n") == (
        "From: =?utf-8?b?SsO2cmcgw5ZsbWFubg==?= <joerg@example.com>\n"
        "To: bob@example.com\n"
        "Reply-To: =?utf-8?b?SsO2cmcgw5ZsbWFubg==?= <r-abc@reply.example.com>\n"
        "Subject: =?utf-8?b?R3LDvMOfZSBhdXMgZGVtIExhZGVu?=\n"
        "Date: Mon, 16 Mar 2026 10:00:00 +0000\n"
        "Message-ID: <run-7.12@example.com>\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n"
        "Feedback-ID: c7:win-back:lifeline:example\n"
        "MIME-Version: 1.0\n"
        "Content-Type: multipart/alternative;\n"
        ' boundary="=_65250636a45aa33ba98ca13c4cd08dab"\n'
        "\n"
        "--=_65250636a45aa33ba98ca13c4cd08dab\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n"
        "\n"
        "Gr=C3=BC=C3=9F dich\n"
        "=46rom here on:\n"
        "=2E\n"
        "\n"
        "--=_65250636a45aa33ba98ca13c4cd08dab\n"
        "Content-Type: text/html; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n"
        "\n"
        "<p>Gr=C3=BC=C3=9F dich</p>\n"
        "\n"
        "--=_65250636a45aa33ba98ca13c4cd08dab--\n"
    )


@given(ANY_TEXT, ANY_BODY, ANY_BODY, ANY_TEXT)
def test_any_letter_is_read_back_by_the_standard_library(subject: str, text: str, html: str, name: str) -> None:
    raw = written(Letter(subject, html, text), sender=Party(name, "ann@example.com"))
    message = read(raw)
    assert message["Subject"] == subject
    assert message["From"].addresses[0].addr_spec == "ann@example.com"
    assert [part.get_content_type() for part in message.walk()] == (
        ["multipart/alternative", "text/plain", "text/html"] if html else ["text/plain"]
    )
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == text.removesuffix("\n") + "\n"
    if html:
        body = message.get_body(("html",))
        assert body is not None
        assert body.get_content().replace("\r\n", "\n") == html.removesuffix("\n") + "\n"


@given(ANY_TEXT, ANY_BODY, ANY_BODY, ANY_TEXT)
def test_any_letter_is_read_back_by_our_own_reader_and_keeps_the_limits(
    subject: str, text: str, html: str, name: str
) -> None:
    raw = written(Letter(subject, html, text), sender=Party(name, "ann@example.com"))
    assert raw.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    body = raw.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not re.search(rb"(?m)^From ", body)
    email = parse(raw)
    assert email.text == text.removesuffix("\n") + "\n"
    assert email.html == (html.removesuffix("\n") + "\n" if html else "")
    assert email.from_address == "ann@example.com"
    if subject.isprintable():
        assert email.subject == subject.strip()


def test_long_headers_of_ids_and_links_are_folded_and_never_encoded() -> None:
    ids = " ".join(f"<{'x' * 60}.{n}@example.com>" for n in range(20))
    unsubscribe = f"<https://example.com/u/{'a' * 200}>, <mailto:b-{'c' * 40}@reply.example.com?subject=unsubscribe>"
    raw = written(
        Letter("Hi", "", "Hi"),
        headers={"In-Reply-To": f"<{'y' * 150}@example.com>", "References": ids, "List-Unsubscribe": unsubscribe},
    )
    assert b"=?" not in raw
    message = read(raw)
    assert message["References"] == ids
    assert message["List-Unsubscribe"] == unsubscribe
    assert parse(raw).in_reply_to == (f"{'y' * 150}@example.com",)
    assert len(parse(raw).references) == 20


def test_a_word_of_a_thousand_signs_is_refused() -> None:
    with pytest.raises(Invalid, match="too long"):
        written(Letter("Hi", "", "Hi"), headers={"References": "<" + "x" * 1000 + "@example.com>"})


@pytest.mark.parametrize(
    "headers",
    [
        {"Bcc": "x@evil.example"},
        {"subject": "twice"},
        {"X-Bad\r\nBcc": "x"},
        {"X Bad": "x"},
        {"X-" + "a" * 40: "x"},
        {"X-Bad": "a\r\nBcc: x@evil.example"},
        {"X-Bad": "a\0"},
        {"List-Unsubscribe": "<https://example.com/ü>"},
        {"Content-Type": "text/html"},
    ],
)
def test_a_header_that_would_break_the_email_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        written(Letter("Hi", "", "Hi"), headers=headers)


@pytest.mark.parametrize(
    ("given_", "read_"),
    [
        ("a\r\nBcc: x@evil.example", "a Bcc: x@evil.example"),
        ("a\nb", "a b"),
        ("a\0\rb", "a b"),
        ("a\ud800b", "a?b"),
    ],
)
def test_a_line_break_in_a_name_or_a_subject_begins_no_header_and_keeps_nobody_from_the_letter(
    given_: str, read_: str
) -> None:
    raw = written(
        Letter(given_, "", "Hi"), sender=Party(given_, "ann@example.com"), reply_to=Party(given_, "r@example.com")
    )
    message = read(raw)
    assert message["Subject"] == read_
    assert message["Bcc"] is None
    assert [message[name].addresses[0].display_name for name in ("From", "Reply-To")] == [read_, read_]


def test_half_a_character_in_the_body_is_refused() -> None:
    with pytest.raises(Invalid):
        written(Letter("Hi", "", "\ud800"))


@pytest.mark.parametrize("message_id", ["", "x", "<a b@example.com>", "a@b\r\nX: y"])
def test_a_message_id_that_is_none_is_refused(message_id: str) -> None:
    with pytest.raises(Invalid, match="Message-ID"):
        written(Letter("Hi", "", "Hi"), message_id=message_id)


def test_the_same_letter_is_the_same_bytes() -> None:
    assert written(Letter("Hi", "<p>Hi</p>", "Hi")) == written(Letter("Hi", "<p>Hi</p>", "Hi"))


def test_an_address_beyond_ascii_stands_in_the_header_as_it_is() -> None:
    raw = written(Letter("Hi", "", "Hi"), to="müller@xn--bcher-kva.example")
    assert "\r\nTo: müller@xn--bcher-kva.example\r\n".encode() in raw
    for bad in ("müller@x.example\r\nBcc: b@x.example", "mü ller@x.example", "mü<b@x.example>"):
        with pytest.raises(Invalid, match="cannot be written"):
            written(Letter("Hi", "", "Hi"), to=bad)
