from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.delivery.providers import fields
from mailer.errors import Invalid
from mailer.mail.compose import Letter, Party, compose
from tests.delivery.letters import data

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=120)
LINES = st.lists(WORDS, min_size=1, max_size=5).map("\n".join)


@settings(max_examples=150, deadline=None)
@given(WORDS, LINES, LINES, WORDS.map(str.strip))
def test_what_is_written_is_read_back_word_for_word(subject: str, text: str, html: str, name: str) -> None:
    raw = compose(
        Letter(subject, html, text),
        sender=Party(name, "maya@shop.example"),
        to="ann@example.com",
        message_id="m1@shop.example",
        dated_at=datetime(2026, 3, 16, tzinfo=UTC),
        headers={"X-Long": "word " * 60},
    )
    found = fields.read(raw)
    assert found.subject.strip() == subject.strip()
    assert (found.text.rstrip("\n"), found.html.rstrip("\n")) == (text.rstrip("\n"), html.rstrip("\n"))
    assert found.sender == Party(name, "maya@shop.example")
    assert found.reply_to is None
    assert found.message_id == fields.message_id(raw) == "m1@shop.example"
    assert found.headers == (("X-Long", ("word " * 60).strip()),)


def test_headers_keep_their_spelling_and_those_of_the_provider_are_left_out() -> None:
    signed = b"DKIM-Signature: v=1; a=rsa-sha256\r\nDKIM-Signature: v=1; a=ed25519-sha256\r\n" + data()
    names = [name for name, _ in fields.read(signed).headers]
    assert names == ["List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Feedback-ID", "Auto-Submitted"]


def test_a_party_is_written_with_its_name_quoted() -> None:
    assert fields.written(Party('A "B" \\ C, d', "a@x.example")) == '"A \\"B\\" \\\\ C, d" <a@x.example>'
    assert fields.written(Party("", "a@x.example")) == "a@x.example"


@pytest.mark.parametrize("sender", [b"", b"a@x.example, b@x.example"])
def test_an_email_from_nobody_or_from_two_is_not_carried(sender: bytes) -> None:
    with pytest.raises(Invalid):
        fields.read(b"From: " + sender + b"\r\nMessage-ID: <x@y>\r\n\r\nHello\r\n")
