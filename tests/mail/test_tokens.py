"""Tokens: short, bound to a purpose, and nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.mail.tokens import Purpose, Signer, claimed, reply_address, return_path

SIGNER = Signer(b"s" * 32)
ROWS = st.integers(0, 2**63 - 1)
EXTRAS = st.integers(0, 2**32 - 1)


@given(st.sampled_from(Purpose), ROWS, EXTRAS)
def test_a_token_is_read_back_in_any_case(purpose: Purpose, row_id: int, extra: int) -> None:
    token = SIGNER.sign(purpose, row_id, extra)
    assert len(token) <= 60
    assert token == token.lower()
    assert token.isalnum()
    assert SIGNER.read_pair(purpose, token) == (row_id, extra)
    assert SIGNER.read(purpose, token.upper()) == row_id


@given(ROWS, st.sampled_from(Purpose), st.sampled_from(Purpose))
def test_a_token_is_good_for_one_purpose(row_id: int, made_for: Purpose, used_for: Purpose) -> None:
    token = SIGNER.sign(made_for, row_id)
    assert (SIGNER.read(used_for, token) is not None) == (made_for is used_for)


@given(ROWS, st.integers(0, 39), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_token_is_nobodys(row_id: int, place: int, letter: str) -> None:
    token = SIGNER.sign(Purpose.VIEW, row_id)
    changed = token[:place] + letter + token[place + 1 :]
    assert SIGNER.read(Purpose.VIEW, changed) == (row_id if changed == token else None)


@given(st.text(max_size=60))
def test_what_we_did_not_sign_is_none(token: str) -> None:
    assert SIGNER.read(Purpose.CLICK, token) is None


def test_an_older_secret_is_still_read_and_the_newest_signs() -> None:
    old, new = Signer(b"old" * 11), Signer(b"new" * 11, b"old" * 11)
    assert new.read(Purpose.HUMAN, old.sign(Purpose.HUMAN, 7)) == 7
    assert new.sign(Purpose.HUMAN, 7) == Signer(b"new" * 11).sign(Purpose.HUMAN, 7)
    assert old.read(Purpose.HUMAN, new.sign(Purpose.HUMAN, 7)) is None


@given(ROWS)
def test_both_addresses_say_what_they_are_however_they_come_back(row_id: int) -> None:
    for address, purpose in (
        (reply_address(SIGNER, row_id, "reply.example.com"), Purpose.REPLY),
        (return_path(SIGNER, row_id, "reply.example.com"), Purpose.BOUNCE),
    ):
        assert len(address.partition("@")[0]) <= 64  # RFC 5321, 4.5.3.1.1
        assert claimed(SIGNER, address) == (purpose, row_id)
        assert claimed(SIGNER, f"<{address.upper()}>") == (purpose, row_id)


@pytest.mark.parametrize("address", ["", "r-@x", "ann@example.com", "r-" + "a" * 40 + "@example.com", "b-\u212a@x"])
def test_an_address_that_is_not_ours_claims_nothing(address: str) -> None:
    assert claimed(SIGNER, address) is None


def test_a_reply_token_is_no_bounce_token() -> None:
    reply = reply_address(SIGNER, 5, "example.com")
    assert claimed(SIGNER, "b" + reply[1:]) is None


def test_tokens_stay_what_they_are() -> None:
    assert Signer(b"0" * 32).sign(Purpose.REPLY, 1, 2) == "vaaaaaaaaaaaaaiaaaaaefby7syxragg52vmo3g6"
