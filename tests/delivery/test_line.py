import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.line import queue_id, stuffed


@given(st.lists(st.sampled_from([b".", b"..", b"a", b"", b".a", b"a."]), max_size=8).map(b"\r\n".join))
def test_stuffed_bytes_hold_no_end_but_the_last_and_can_be_read_back(data: bytes) -> None:
    wire = stuffed(data)
    assert b"\r\n.\r\n" not in b"\r\n" + wire
    assert wire.endswith(b"\r\n")
    lines = [line[1:] if line.startswith(b".") else line for line in wire.split(b"\r\n")]
    assert b"\r\n".join(lines).removesuffix(b"\r\n") == data.removesuffix(b"\r\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.0.0 Ok: queued as 4F1B2C3D", "4F1B2C3D"),
        ("OK id=1rXyZa-0001Ab-2C", "1rXyZa-0001Ab-2C"),
        ("2.0.0 41G9x1234567 Message accepted for delivery", "41G9x1234567"),
        ("2.0.0 OK  1700000000 d2e1a72fcca58-6be5-34 - gsmtp", "d2e1a72fcca58-6be5-34"),
        ("Ok 0102018c-1234-abcd", "0102018c-1234-abcd"),
        ("2.0.0 Ok", ""),
    ],
)
def test_the_name_the_server_gave_it_is_found(text: str, expected: str) -> None:
    assert queue_id(text) == expected
