"""Addresses: strict for ours, hardened for others'."""

from email import message_from_bytes, policy
from email.headerregistry import AddressHeader

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import Invalid
from mailer.mail.address import addresses, mailbox, mailboxes, normalise


def test_an_address_has_one_spelling() -> None:
    assert normalise(" Ann.Lee@Example.COM ") == "ann.lee@example.com"
    assert normalise("ann@Bücher.example") == "ann@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "text", ["", "ann", "ann@", "a b@example.com", "ann@localhost", "a@example.com\r\nBcc: x@y.org"]
)
def test_what_mail_cannot_be_sent_to_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(Invalid, match="is not an email address"):
        normalise(text)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Ann <ann@example.com>", ["ann@example.com"]),
        ("a@good.example <x@evil.example>", ["x@evil.example"]),
        ('"a@good.example" <x@evil.example>', ["x@evil.example"]),
        ("(a@good.example) x@evil.example", ["x@evil.example"]),
        ("Lee, Ann <ann@example.com>", ["ann@example.com"]),
        ('"Lee, Ann" <ann@example.com>, bob@example.com', ["ann@example.com", "bob@example.com"]),
        ("Friends: ann@example.com, Bob <bob@example.com>;", ["ann@example.com", "bob@example.com"]),
        ("<@relay.example:ann@example.com>", ["ann@example.com"]),
        ('"unclosed <ann@example.com>', ["ann@example.com"]),
        ("Big Bug bug@example.com", ["bug@example.com"]),
        ("ANN@EXAMPLE.COM, ann@example.com", ["ann@example.com"]),
        ("undisclosed-recipients:;", []),
        ("<>", []),
        ("a@b@c.example", []),
    ],
)
def test_a_hostile_header_is_read_by_its_brackets(header: str, expected: list[str]) -> None:
    assert addresses(header) == expected


def test_a_display_name_is_read_after_the_address_is_found() -> None:
    assert mailboxes("=?utf-8?q?a=40good.example_=3Cx=40evil.example=3E?= <real@example.com>") == [
        ("a@good.example <x@evil.example>", "real@example.com")
    ]


@given(st.text(max_size=300))
def test_no_header_is_too_strange_to_read(header: str) -> None:
    for _, address in mailboxes(header):
        assert address.count("@") >= 1
        assert not set(address) & set("\r\n\0 ,;")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=120))
def test_any_name_is_written_so_that_it_is_read_again(name: str) -> None:
    written = mailbox(name, "ann@example.com")
    assert written.isascii()
    assert "\n" not in written
    parsed = message_from_bytes(f"From: {written}\n\n".encode(), policy=policy.default)["From"]
    assert isinstance(parsed, AddressHeader)
    assert parsed.addresses[0].addr_spec == "ann@example.com"
    assert [address for _, address in mailboxes(written)] == ["ann@example.com"]
    if name == name.strip():
        assert mailboxes(written)[0][0] == name


@pytest.mark.parametrize("name", ["a\r\nBcc: x@evil.example", "a\0b", "half \ud800"])
def test_a_name_that_would_break_the_header_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        mailbox(name, "ann@example.com")
