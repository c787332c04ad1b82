"""What the listener says to a real SMTP client, over a real socket."""

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mailer.errors import Misconfigured, Temporary
from mailer.replies.listener import Listener

SENDER, OURS = "ann@example.com", "r-abc@reply.example.com"
BODY = b"Subject: hello\r\n\r\nA line\r\n.. and dots\r\n"
MAX = 200_000


class Kept:
    """Accepts, and remembers; may be told to be slow or to fail."""

    def __init__(self) -> None:
        self.emails: list[tuple[bytes, str, list[str]]] = []
        self.before: Callable[[], None] = lambda: None

    def accept(self, raw: bytes, mail_from: str, rcpt_tos: list[str]) -> None:
        self.before()
        self.emails.append((raw, mail_from, rcpt_tos))


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def listen(kept: Kept) -> Iterator[Callable[..., int]]:
    open_ones = []

    def start(protocol: str = "smtp", **more: Any) -> int:
        listener = Listener("127.0.0.1", 0, protocol, MAX, kept.accept, **more)
        open_ones.append(listener)
        return listener.start()

    yield start
    for listener in open_ones:
        listener.stop()


def test_an_email_arrives_to_the_byte(listen: Callable[..., int], kept: Kept) -> None:
    with smtplib.SMTP("127.0.0.1", listen()) as client:
        client.sendmail(SENDER, [OURS, "r-def@reply.example.com"], BODY)
    assert kept.emails == [(BODY, SENDER, [OURS, "r-def@reply.example.com"])]


def test_250_is_said_only_after_accept_returned(listen: Callable[..., int], kept: Kept) -> None:
    may_go_on = threading.Event()
    kept.before = lambda: may_go_on.wait(10) and None
    with smtplib.SMTP("127.0.0.1", listen()) as client, ThreadPoolExecutor() as pool:
        answer = pool.submit(client.sendmail, SENDER, [OURS], BODY)
        with pytest.raises(TimeoutError):
            answer.result(0.2)
        may_go_on.set()
        answer.result(10)
    assert len(kept.emails) == 1


@pytest.mark.parametrize("trouble", [Temporary("the disk is full"), OSError(28, "No space left"), ValueError("bug")])
def test_our_own_trouble_is_451_and_the_connection_goes_on(
    listen: Callable[..., int], kept: Kept, trouble: Exception
) -> None:
    def fail() -> None:
        raise trouble

    kept.before = fail
    with smtplib.SMTP("127.0.0.1", listen()) as client:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail(SENDER, [OURS], BODY)
        assert refused.value.smtp_code == 451
        assert b"disk" not in refused.value.smtp_error
        kept.before = lambda: None
        client.sendmail(SENDER, [OURS], BODY)
    assert len(kept.emails) == 1


def test_who_does_not_live_here_is_refused_and_nothing_is_relayed(listen: Callable[..., int], kept: Kept) -> None:
    port = listen(takes=lambda address: address.endswith("@reply.example.com"))
    with smtplib.SMTP("127.0.0.1", port) as client:
        refused = client.sendmail(SENDER, [OURS, "bob@elsewhere.org"], BODY)
        assert refused["bob@elsewhere.org"][0] == 550
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail(SENDER, ["bob@elsewhere.org"], BODY)
    assert [rcpt_tos for _, _, rcpt_tos in kept.emails] == [[OURS]]


def test_trouble_while_looking_up_a_recipient_is_451(listen: Callable[..., int]) -> None:
    def takes(address: str) -> bool:
        raise OSError("database is away")

    with smtplib.SMTP("127.0.0.1", listen(takes=takes)) as client:
        client.ehlo()
        client.mail(SENDER)
        assert client.rcpt(OURS)[0] == 451


def test_a_bounce_with_its_null_sender_is_taken(listen: Callable[..., int], kept: Kept) -> None:
    with smtplib.SMTP("127.0.0.1", listen()) as client:
        client.sendmail("", [OURS], BODY)
    assert kept.emails[0][1] == "<>"


def test_an_email_larger_than_the_limit_is_refused_for_good(listen: Callable[..., int], kept: Kept) -> None:
    with smtplib.SMTP("127.0.0.1", listen()) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(MAX)
        with pytest.raises(smtplib.SMTPSenderRefused) as announced:
            client.sendmail(SENDER, [OURS], BODY + b"x" * MAX)
        assert announced.value.smtp_code == 552
        client.esmtp_features.pop("size")  # one that does not announce how much it brings
        with pytest.raises(smtplib.SMTPDataError) as brought:
            client.sendmail(SENDER, [OURS], BODY + b"x\r\n" * MAX)
        assert brought.value.smtp_code == 552
    assert kept.emails == []


def test_long_lines_of_real_mail_are_taken(listen: Callable[..., int], kept: Kept) -> None:
    long = b"Subject: hello\r\n\r\n" + b"y" * 150_000 + b"\r\n"
    with smtplib.SMTP("127.0.0.1", listen()) as client:
        client.sendmail(SENDER, [OURS], long)
    assert kept.emails[0][0] == long


def test_a_dot_after_a_bare_line_feed_does_not_end_an_email(listen: Callable[..., int], kept: Kept) -> None:
    """Otherwise a second email, with any sender, could be smuggled in behind it (CVE-2023-27305)."""
    smuggled = b"one\r\n\n.\nMAIL FROM:<boss@example.com>\r\n.\r\n"
    with smtplib.SMTP("127.0.0.1", listen()) as client:
        client.ehlo()
        client.mail(SENDER)
        client.rcpt(OURS)
        client.docmd("DATA")
        client.send(smuggled)
        assert client.getreply()[0] == 250
    assert len(kept.emails) == 1
    assert b"boss" in kept.emails[0][0]


def test_too_many_recipients_are_put_off_not_lost(listen: Callable[..., int], kept: Kept) -> None:
    many = [f"r-{n}@reply.example.com" for n in range(101)]
    with smtplib.SMTP("127.0.0.1", listen()) as client:
        refused = client.sendmail(SENDER, many, BODY)
    assert {address: code for address, (code, _) in refused.items()} == {many[-1]: 452}
    assert kept.emails[0][2] == many[:-1]


@pytest.mark.parametrize("fails", [False, True])
def test_lmtp_answers_once_for_each_recipient(listen: Callable[..., int], kept: Kept, fails: bool) -> None:
    if fails:
        kept.before = lambda: (_ for _ in ()).throw(Temporary("the disk is full"))
    with socket.create_connection(("127.0.0.1", listen("lmtp")), timeout=10) as line, line.makefile("rwb") as wire:

        def say(words: bytes, answers: int = 1) -> list[bytes]:
            wire.write(words + b"\r\n")
            wire.flush()
            heard: list[bytes] = []
            while len(heard) < answers:
                answer = wire.readline()
                if answer[3:4] != b"-":
                    heard.append(answer[:3])
            return heard

        wire.readline()
        assert say(b"LHLO relay.example.com") == [b"250"]
        assert say(b"MAIL FROM:<>") == [b"250"]
        for n in range(3):
            assert say(b"RCPT TO:<r-%d@reply.example.com>" % n) == [b"250"]
        assert say(b"DATA") == [b"354"]
        assert say(BODY + b".", answers=3) == ([b"451"] if fails else [b"250"]) * 3
        assert say(b"QUIT") == [b"221"]
    assert len(kept.emails) == (0 if fails else 1)


def test_many_at_once_are_all_accepted(listen: Callable[..., int], kept: Kept) -> None:
    port = listen()

    def bring(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.sendmail(SENDER, [f"r-{number}@reply.example.com"], BODY)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(bring, range(64)))
    assert {rcpt_tos[0] for _, _, rcpt_tos in kept.emails} == {f"r-{n}@reply.example.com" for n in range(64)}


def test_a_port_that_is_taken_is_an_error_at_start(listen: Callable[..., int], kept: Kept) -> None:
    listener = Listener("127.0.0.1", listen(), "smtp", MAX, kept.accept)
    with pytest.raises(Misconfigured, match=r"in use.*replies\.listen"):
        listener.start()
    listener.stop()
