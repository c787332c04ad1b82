import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.delivery.line import Patience
from mailer.delivery.outgoing import Outgoing
from mailer.delivery.relay import Relay
from mailer.delivery.smtp import SmtpTransport
from mailer.delivery.transport import Envelope, Outcome
from tests.delivery.sink import Sink, sink
from tests.delivery.test_transport import envelope, send
from tests.drill.certificate import served

SOON = Patience(connect=5, command=1, block=1, final=1)


def to(server: Sink, extra: str = "") -> SmtpTransport:
    return SmtpTransport(Relay.from_url(f"smtp://127.0.0.1:{server.port}{extra}"), SOON)


@pytest.mark.parametrize("offers", [("PIPELINING",), ()])
@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("reply", "outcome"),
    [("451 4.7.1 Greylisted, try later", Outcome.DEFERRED), ("550 5.1.1 No such user", Outcome.REFUSED)],
)
def test_the_words_of_the_server_are_kept_and_the_next_message_leaves(
    offers: tuple[str, ...], command: str, reply: str, outcome: Outcome
) -> None:
    address = "b-1@reply.example" if command == "MAIL" else "c1@example.com"
    with sink({f"{command} {address}": reply}, offers) as server:
        other = Envelope(2, 1, "other@reply.example", "c2@example.com", envelope(2).data)
        [(_, first), (_, second)] = send(to(server), [envelope(1), other])
    assert (first.outcome, first.reply, first.queue_id) == (outcome, reply, "")
    assert second.outcome is Outcome.ACCEPTED
    assert second.queue_id == "4F1B2"
    assert [recipient for _, recipient, _ in server.got] == ["c2@example.com"]


@pytest.mark.parametrize("mood", ["drop", "silence"])
@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_a_connection_lost_before_the_dot_is_deferred(command: str, mood: str) -> None:
    with sink({command: mood}) as server:
        [(_, receipt)] = send(to(server), [envelope()])
        assert receipt.outcome is Outcome.DEFERRED
        assert (server.got, receipt.queue_id) == ([], "")


@pytest.mark.parametrize("at_hand", [True, False])
@pytest.mark.parametrize("mood", ["drop", "silence"])
def test_a_connection_lost_after_the_dot_is_in_doubt_and_the_next_message_leaves(mood: str, at_hand: bool) -> None:
    with sink({"DATA c1@example.com": mood}) as server:
        [(_, first), (_, second)] = send(to(server), [envelope(1), envelope(2)], at_hand=at_hand)
    assert (first.outcome, first.code) == (Outcome.LOST, 0)
    assert first.text
    assert second.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("reply", ["451 4.3.0 Later", "554 5.7.1 No", "421 4.3.2 Shutting down"])
def test_what_begins_behind_a_dot_leaves_whatever_became_of_the_message_before(reply: str) -> None:
    with sink({"DATA c1@example.com": reply}) as server:
        found = send(to(server), [envelope(n) for n in range(1, 4)])
    assert [receipt.reply == reply for _, receipt in found] == [True, False, False]
    assert [recipient for _, recipient, _ in server.got] == ["c2@example.com", "c3@example.com"]
    assert server.connections == (2 if reply.startswith("421") else 1)


@pytest.mark.parametrize(("at_hand", "pipelining"), [(True, True), (False, True), (True, False)])
def test_the_next_message_begins_behind_the_dot_if_it_is_there_and_ends_only_when_it_may(
    at_hand: bool, pipelining: bool
) -> None:
    with heard(pipelining) as (port, chunks):
        relay = Relay.from_url(f"smtp://127.0.0.1:{port}")
        found = send(SmtpTransport(relay, SOON), [envelope(1), envelope(2)], lambda each: each.id == 1, at_hand=at_hand)
    assert [receipt.outcome for _, receipt in found] == [Outcome.ACCEPTED, Outcome.WITHHELD]
    [dot] = [chunk for chunk in chunks if b"\r\n.\r\n" in b"\r\n" + chunk]
    assert (b".\r\nMAIL FROM" in dot) == (at_hand and pipelining)
    assert sum(b"DATA\r\n" in chunk for chunk in chunks) == 2


@contextmanager
def heard(pipelining: bool) -> Iterator[tuple[int, list[bytes]]]:
    """Run a server that keeps what it reads as it comes, and answers when a chunk ends with a whole line."""
    chunks: list[bytes] = []

    def serve() -> None:
        with listening.accept()[0] as client:
            client.sendall(b"220 here\r\n")
            while chunk := client.recv(1 << 16):
                chunks.append(chunk)
                for line in chunk.split(b"\r\n"):
                    verb = line[:4].upper()
                    if verb == b"EHLO":
                        client.sendall(b"250-here\r\n250 PIPELINING\r\n" if pipelining else b"250 here\r\n")
                    elif verb in (b"MAIL", b"RCPT", b"."):
                        client.sendall(b"250 Ok\r\n")
                    elif verb == b"DATA":
                        client.sendall(b"354 go on\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=serve)
        serving.start()
        yield listening.getsockname()[1], chunks
        serving.join(10)


def test_a_server_that_closes_with_421_after_the_dot_is_deferred() -> None:
    with sink({"DATA c1@example.com": "421 4.3.2 Shutting down"}) as server:
        [(_, first), (_, second)] = send(to(server), [envelope(1), envelope(2)])
    assert (first.outcome, first.code) == (Outcome.DEFERRED, 421)
    assert second.outcome is Outcome.ACCEPTED


def test_without_a_server_one_message_is_deferred_and_no_other_is_drawn() -> None:
    with sink() as server:
        pass
    [(_, receipt)] = send(to(server), [envelope(n) for n in range(1, 50)])
    assert (receipt.outcome, receipt.code) == (Outcome.DEFERRED, 0)
    assert "cannot reach 127.0.0.1" in receipt.text


def test_one_connection_serves_many_messages() -> None:
    with sink() as server:
        send(to(server), [envelope(n) for n in range(1, 20)])
    assert (server.connections, len(server.got)) == (1, 19)


def test_eight_bit_bytes_are_announced_and_unchanged() -> None:
    data = "Subject: Hej\r\n\r\nBlåbärsgröt\r\n".encode()
    with sink() as server:
        [(_, receipt)] = send(to(server), [envelope(1, data)])
    assert receipt.outcome is Outcome.ACCEPTED
    assert server.got[0][2] == data
    assert "BODY=8BITMIME" in server.options


def test_a_large_message_arrives_whole() -> None:
    data = b"Subject: Large\r\n\r\n" + b".x" * 39 + b"\r\n" + (b"." + b"y" * 70 + b"\r\n") * 40_000
    with sink() as server:
        [(_, receipt)] = send(SmtpTransport(Relay.from_url(f"smtp://127.0.0.1:{server.port}")), [envelope(1, data)])
    assert receipt.outcome is Outcome.ACCEPTED
    assert server.got[0][2] == data


@pytest.mark.parametrize("data", [b"a\nb\r\n", b"a\rb\r\n", b"a\0b\r\n", b"a\r\n.\nMAIL FROM:<x@y>\r\n"])
def test_bytes_that_two_servers_would_read_differently_are_never_sent(data: bytes) -> None:
    with sink() as server:
        [(_, receipt)] = send(to(server), [envelope(1, data)])
        assert (receipt.outcome, receipt.code, server.connections) == (Outcome.REFUSED, 0, 0)


WIDE = Envelope(1, 1, "b-1@reply.example", "müller@bücher.example", "To: müller@xn--bcher-kva.example\r\n\r\n".encode())


def test_an_address_beyond_ascii_goes_to_a_server_that_offers_it() -> None:
    with sink(utf8=True) as server:
        [(_, receipt)] = send(to(server), [WIDE])
    assert receipt.outcome is Outcome.ACCEPTED
    assert [it[1] for it in server.got] == ["müller@xn--bcher-kva.example"]
    assert server.got[0][2].startswith("To: müller@".encode())
    assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(server.options)


def test_an_address_beyond_ascii_fails_with_the_reason_where_no_server_offers_it_and_the_next_message_leaves() -> None:
    with sink() as server:
        [(_, first), (_, second)] = send(to(server), [WIDE, envelope(2)])
    assert (first.outcome, first.code) == (Outcome.REFUSED, 0)
    assert "offers no SMTPUTF8" in first.text
    assert second.outcome is Outcome.ACCEPTED
    assert (server.connections, len(server.got)) == (1, 1)


def test_a_domain_beyond_ascii_goes_to_every_server() -> None:
    with sink() as server:
        [(_, receipt)] = send(to(server), [Envelope(1, 1, "", "ann@bücher.example", b"\r\n")])
    assert receipt.outcome is Outcome.ACCEPTED
    assert [it[1] for it in server.got] == ["ann@xn--bcher-kva.example"]
    assert "SMTPUTF8" not in server.options


@pytest.mark.parametrize("address", ["", "a@b>\r\nRCPT TO:<c@d", "a b@c", "ä\u2028@b"])
def test_an_address_that_would_say_more_than_an_address_is_never_sent(address: str) -> None:
    with sink() as server:
        [(_, receipt)] = send(to(server), [Envelope(1, 1, "", address, b"\r\n")])
        assert (receipt.outcome, server.connections) == (Outcome.REFUSED, 0)


# TLS and signing in


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return tmp_path / "sink.pem"


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    return served(certificate)


def test_a_password_is_given_over_verified_tls(certificate: Path, tls: ssl.SSLContext) -> None:
    with sink(tls=tls, auth=True) as server:
        relay = Relay.from_url(f"smtp://ann:s3%3Acret@127.0.0.1:{server.port}?tls=required&ca={certificate}")
        [(_, receipt)] = send(SmtpTransport(relay, SOON), [envelope()])
    assert receipt.outcome is Outcome.ACCEPTED
    assert server.users == [(b"ann", b"s3:cret")]


def test_a_certificate_nobody_vouches_for_ends_it_before_the_password(tls: ssl.SSLContext) -> None:
    with sink(tls=tls, auth=True) as server:
        relay = Relay.from_url(f"smtp://ann:s3%3Acret@127.0.0.1:{server.port}?tls=required")
        [(_, receipt)] = send(SmtpTransport(relay, SOON), [envelope()])
    assert receipt.outcome is Outcome.DEFERRED
    assert "CERTIFICATE_VERIFY_FAILED" in receipt.text
    assert (server.users, server.got) == ([], [])


@pytest.mark.parametrize(
    ("address", "days", "words"),
    [("127.0.0.2", 9, "IP address mismatch"), ("127.0.0.1", -1, "certificate has expired")],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_certificate_of_another_server_or_of_yesterday_ends_it_before_the_password(
    certificate: Path, address: str, days: int, words: str, wrapped: bool
) -> None:
    with sink(tls=served(certificate, address, days), auth=True, wrapped=wrapped) as server:
        url = f"{'smtps' if wrapped else 'smtp'}://ann:s3%3Acret@127.0.0.1:{server.port}?ca={certificate}"
        relay = Relay.from_url(url if wrapped else f"{url}&tls=required")
        [(_, receipt)] = send(SmtpTransport(relay, SOON), [envelope()])
    assert (receipt.outcome, receipt.code) == (Outcome.DEFERRED, 0)
    assert words in receipt.text
    assert (server.users, server.got) == ([], [])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (b"220 go on\r\nhello there\r\n", "not an SMTP reply"),
        (b"220 go on\r\n250 too early\r\n", "clear text before TLS"),
        (b"220 go on\r\n", r"no TLS with 127\.0\.0\.1 within 1 seconds"),
    ],
)
def test_a_server_that_says_yes_to_tls_and_does_not_begin_it_holds_nobody(words: bytes, told: str) -> None:
    def talk() -> None:
        with listening.accept()[0] as talking:
            talking.sendall(b"220 here\r\n")
            talking.recv(100)
            talking.sendall(b"250-here\r\n250 STARTTLS\r\n")
            talking.recv(100)
            talking.sendall(words)
            with suppress(ConnectionError):
                while talking.recv(100):
                    pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=talk, daemon=True)
        server.start()
        relay = Relay.from_url(f"smtp://127.0.0.1:{listening.getsockname()[1]}?tls=required")
        [(_, receipt)] = send(SmtpTransport(relay, replace(SOON, connect=1)), [envelope()])
        server.join()
    assert receipt.outcome is Outcome.DEFERRED
    assert re.search(told, receipt.text)


def test_a_server_that_does_not_answer_in_time_is_said_to_give_no_answer() -> None:
    relay = Relay.from_url("smtp://127.0.0.1:25?tls=no")
    [(_, receipt)] = send(SmtpTransport(relay, replace(SOON, connect=0)), [envelope()])
    assert (receipt.outcome, receipt.text) == (Outcome.DEFERRED, "cannot reach 127.0.0.1:25: no answer")


def test_tls_from_the_first_byte_carries_password_and_message(certificate: Path, tls: ssl.SSLContext) -> None:
    with sink(tls=tls, auth=True, wrapped=True) as server:
        relay = Relay.from_url(f"smtps://ann:s3%3Acret@127.0.0.1:{server.port}?ca={certificate}")
        [(_, receipt)] = send(SmtpTransport(relay, SOON), [envelope()])
    assert (receipt.outcome, len(server.got)) == (Outcome.ACCEPTED, 1)
    assert server.users == [(b"ann", b"s3:cret")]


def test_a_server_that_knows_only_auth_login_is_signed_in_to_as_well() -> None:
    with sink(auth=True, ways=("LOGIN",)) as server:
        relay = Relay.from_url(f"smtp://ann:s3%3Acret@127.0.0.1:{server.port}")
        [(_, receipt)] = send(SmtpTransport(relay, SOON), [envelope()])
    assert receipt.outcome is Outcome.ACCEPTED
    assert server.users == [(b"ann", b"s3:cret")]


def test_where_nobody_can_sign_in_nothing_is_sent() -> None:
    with sink(auth=True, ways=()) as server:
        relay = Relay.from_url(f"smtp://ann:s3%3Acret@127.0.0.1:{server.port}")
        [(_, receipt)] = send(SmtpTransport(relay, SOON), [envelope()])
    assert (receipt.outcome, receipt.code, server.got) == (Outcome.DEFERRED, 0, [])
    assert "neither AUTH PLAIN nor LOGIN" in receipt.text


def test_required_tls_that_is_not_offered_sends_nothing() -> None:
    with sink() as server:
        [(_, receipt)] = send(to(server, "?tls=required"), [envelope()])
    assert (receipt.outcome, server.got) == (Outcome.DEFERRED, [])
    assert "STARTTLS" in receipt.text


def test_a_wrong_password_fails_no_message() -> None:
    with sink(auth=True) as server:
        relay = Relay.from_url(f"smtp://ann:wrong@127.0.0.1:{server.port}")
        [(_, receipt)] = send(SmtpTransport(relay, SOON), [envelope()])
    assert (receipt.outcome, receipt.code) == (Outcome.DEFERRED, 0)
    assert receipt.text.startswith("535")


def test_a_connection_is_kept_for_the_next_call_and_given_back_in_the_end() -> None:
    with sink() as server:
        transport = SmtpTransport(Relay.from_url(f"smtp://127.0.0.1:{server.port}"), SOON, keep=60)
        outgoing = Outgoing(transport)
        for n in range(3):
            batches = [[envelope(n + 1)], []]
            outgoing.send(lambda batches=batches: batches.pop(0), lambda _, claims: set(claims), 4)
        assert (server.connections, len(server.got)) == (1, 3)
        outgoing.close()


def test_a_server_that_had_enough_of_a_connection_gets_the_message_over_a_new_one() -> None:
    with sink({"MAIL b-2@reply.example": "421 4.7.0 Too many messages"}) as server:
        yes = Envelope(2, 1, "b-2@reply.example", "c2@example.com", envelope(2).data)
        found = send(to(server), [envelope(1), yes, envelope(3)])
    assert [receipt.outcome for _, receipt in found] == [Outcome.ACCEPTED, Outcome.DEFERRED, Outcome.ACCEPTED]
    assert server.connections == 3  # asked again once, over a new connection; then it is believed


def test_a_server_that_is_slow_at_every_step_does_not_hold_a_connection_for_ever() -> None:
    with sink({"RCPT": "silence"}, offers=()) as server:
        patience = Patience(connect=5, command=300, block=300, whole=0.3, final=300)
        transport = SmtpTransport(Relay.from_url(f"smtp://127.0.0.1:{server.port}"), patience)
        [(_, receipt)] = send(transport, [envelope(1)])
    assert (receipt.outcome, receipt.code) == (Outcome.DEFERRED, 0)
