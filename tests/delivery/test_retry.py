from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.retry import DELAYS, JITTER, Retry, delay

NOW = datetime(2026, 3, 16, 10, tzinfo=UTC)


@given(st.text(max_size=40), st.integers(1, 30))
def test_the_same_message_and_attempt_wait_the_same_and_within_bounds(message_id: str, attempt: int) -> None:
    waits = delay(message_id, attempt)
    least = DELAYS[min(attempt, len(DELAYS)) - 1]
    assert waits == delay(message_id, attempt)
    assert least <= waits <= least * (1 + JITTER)


def test_messages_deferred_together_do_not_come_back_together() -> None:
    assert len({delay(f"{n}@example.com", 1) for n in range(100)}) > 95


def test_it_is_given_up_after_the_last_attempt() -> None:
    retry = Retry(attempts=3)
    assert retry.next_at("a@b", 2, NOW, NOW) is not None
    assert retry.next_at("a@b", 3, NOW, NOW) is None


def test_it_is_given_up_when_it_is_too_old_but_not_before_a_few_attempts() -> None:
    retry, long_ago = Retry(), NOW - timedelta(days=3)
    assert retry.next_at("a@b", 1, long_ago, NOW) is not None
    assert retry.next_at("a@b", 3, long_ago, NOW) is None
