"""What HTTP can do to a request, and what each provider says; what every transport promises is in test_transport."""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailer.delivery.providers import open_provider
from mailer.delivery.providers.api import ApiTransport
from mailer.delivery.providers.resend import idempotency_key
from mailer.delivery.transport import Envelope, Outcome
from mailer.errors import Misconfigured
from tests.delivery.letters import HEADERS, LETTER, RAW, data, envelope, send
from tests.delivery.providers import fakes
from tests.delivery.providers.fakes import DOMAIN, KEY, SECRET, Fake, address_of, said
from tests.drill.certificate import served

NAMES = sorted(fakes.FAKES)
PARTED = [name for name in NAMES if name not in RAW]


@dataclass
class Case:
    name: str
    fake: Fake
    transport: ApiTransport


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    with fakes.running(fakes.FAKES[request.param]) as fake:
        yield Case(request.param, fake, open_provider(address_of(request.param, fake)))


def only(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", names, indirect=True)


def test_the_name_it_has_with_the_provider_is_known_and_one_connection_serves_all(case: Case) -> None:
    receipts = send(case.transport, [envelope(n) for n in (1, 2, 3)])
    theirs = {"ses": "0102-2", "sendgrid": "sg-2", "postmark": "pm-2", "resend": "re-2", "mailgun": "m2@shop.example"}
    assert receipts[1][1].queue_id == theirs[case.name]
    assert case.fake.connections == 1


@only(*PARTED)
def test_where_fields_are_taken_every_word_and_header_is_in_them(case: Case) -> None:
    send(case.transport, [envelope()])
    kept = case.fake.kept[0]
    assert kept["subject"] == LETTER.subject
    assert (kept["text"], kept["html"]) == (f"{LETTER.text}\n", f"{LETTER.html}\n")
    assert kept["from"] == ("Maya Keller, Kundenbüro", "maya@shop.example")
    assert kept["reply_to"] == ('Maya "M" Keller', f"r-{'b' * 40}@reply.shop.example")
    assert kept["headers"] == {"Message-ID": "<m1@shop.example>", **HEADERS}


def test_our_message_id_goes_along_so_that_events_lead_back(case: Case) -> None:
    send(case.transport, [envelope()])
    kept = case.fake.kept[0]
    assert (
        kept["tags"] == {"lifeline-message": "m1@shop.example"}
        if case.name == "ses"
        else kept["label"] == "m1@shop.example"
    )


@only(*PARTED)
def test_what_fields_cannot_carry_is_refused_and_not_handed_over(case: Case) -> None:
    head, _, body = data().partition(b"\r\n\r\n")
    attached = (
        head.replace(b"multipart/alternative", b"multipart/mixed")
        + b"\r\n\r\n"
        + body.replace(b"text/html; charset=utf-8", b"application/pdf; name=a.pdf")
    )
    twice = b"List-Id: <y>\r\n" + data()
    receipts = send(case.transport, [envelope(raw=attached), envelope(raw=twice)], lambda _: pytest.fail("asked"))
    assert [r.outcome for _, r in receipts] == [Outcome.REFUSED] * 2
    assert "application/pdf" in receipts[0][1].text
    assert case.fake.requests == []


def test_not_a_byte_is_written_before_the_hand_over_is_answered(case: Case) -> None:
    seen: list[tuple[int, int]] = []

    async def hand_over(_: Envelope) -> bool:
        await asyncio.sleep(0.05)  # long enough for a request to arrive
        seen.append((case.fake.connections, len(case.fake.requests)))
        return True

    async def run() -> None:
        async def feed() -> AsyncIterator[Envelope]:
            yield envelope()

        assert [r.outcome async for _, r in case.transport.send(feed(), hand_over)] == [Outcome.ACCEPTED]

    asyncio.run(run())
    assert seen == [(1, 0)]  # the connection stood, and nothing had been asked


@only("ses", "sendgrid", "postmark", "mailgun")
@pytest.mark.parametrize("mood", ["drop", "silence"])
def test_an_answer_that_never_came_leaves_the_message_in_doubt(case: Case, mood: str) -> None:
    case.transport.answer_within = 2.0  # a busy machine answers late, too
    case.fake.moods = [mood]
    receipts = send(case.transport, [envelope(1), envelope(2)])
    assert [r.outcome for _, r in receipts] == [Outcome.LOST, Outcome.ACCEPTED]
    assert len(case.fake.kept) == 2  # the first had arrived indeed


@only("resend")
def test_where_the_provider_dedupes_a_lost_answer_is_asked_for_again_and_nothing_is_sent_twice(case: Case) -> None:
    case.fake.moods = ["drop"]
    receipts = send(case.transport, [envelope(1)])
    assert [(r.outcome, r.queue_id) for _, r in receipts] == [(Outcome.ACCEPTED, "re-1")]
    assert len(case.fake.requests) == 2
    assert len(case.fake.kept) == 1
    keys = {request.headers["idempotency-key"] for request in case.fake.requests}
    assert keys == {idempotency_key("m1@shop.example")}
    assert idempotency_key("m1@shop.example") != idempotency_key("m2@shop.example")


@only("resend")
@pytest.mark.parametrize(
    ("moods", "outcome"),
    [
        (["drop", "drop", "drop"], Outcome.LOST),
        (["drop", said(500), said(429)], Outcome.LOST),  # the first may have arrived, whatever came of the others
        (["drop", said(409, {"name": "concurrent_idempotent_requests"})], Outcome.ACCEPTED),
        ([said(409, {"name": "invalid_idempotent_request"})] * 3, Outcome.LOST),
        ([said(422, {"name": "validation_error"})], Outcome.REFUSED),
    ],
)
def test_what_is_known_of_earlier_tries_is_not_forgotten(
    case: Case, moods: list[object], outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: float) -> None:
        return None

    monkeypatch.setattr("mailer.delivery.providers.api.asyncio.sleep", at_once)
    case.fake.moods = list(moods)
    assert [r.outcome for _, r in send(case.transport, [envelope()])] == [outcome]


def test_an_answer_that_is_cut_off_counts_by_its_status(case: Case) -> None:
    case.fake.moods = ["cut"]
    receipts = send(case.transport, [envelope(1), envelope(2)])
    assert [r.outcome for _, r in receipts] == [Outcome.ACCEPTED] * 2


def test_a_kept_connection_that_was_closed_meanwhile_is_replaced_without_a_doubt(case: Case) -> None:
    case.fake.moods = ["hang up"]
    asked: list[int] = []

    async def run() -> list[Outcome]:
        async def feed() -> AsyncIterator[Envelope]:
            yield envelope(1)
            yield envelope(2)

        async def hand_over(each: Envelope) -> bool:
            asked.append(each.id)
            await asyncio.sleep(0.1)  # the other side hangs up while we are asked
            return True

        return [r.outcome async for _, r in case.transport.send(feed(), hand_over)]

    assert asyncio.run(run()) == [Outcome.ACCEPTED] * 2
    assert asked == [1, 2]
    assert (case.fake.connections, len(case.fake.kept)) == (2, 2)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (429, Outcome.DEFERRED), (500, Outcome.DEFERRED), (503, Outcome.DEFERRED), (502, Outcome.LOST),
        (504, Outcome.LOST), (401, Outcome.DEFERRED), (403, Outcome.DEFERRED), (302, Outcome.DEFERRED),
        (400, Outcome.REFUSED), (413, Outcome.REFUSED), (422, Outcome.REFUSED),
    ],
)  # fmt: skip
def test_a_status_decides_where_the_words_say_no_more(
    case: Case, status: int, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: float) -> None:
        return None

    monkeypatch.setattr("mailer.delivery.providers.api.asyncio.sleep", at_once)
    case.fake.moods = [(status, {"Location": "http://example.com/", "Content-Type": "text/html"}, b"<h1>no</h1>")] * 3
    ((_, receipt),) = send(case.transport, [envelope()])
    assert (receipt.outcome, receipt.code) == (outcome, status)
    assert case.fake.kept == []


WORDS = [
    ("ses", envelope(raw=data(sender="unverified@shop.example")), Outcome.DEFERRED, "not verified"),
    ("sendgrid", envelope(to="blocked@example.com"), Outcome.REFUSED, "valid address"),
    ("postmark", envelope(to="inactive@example.com"), Outcome.REFUSED, "inactive"),
    ("postmark", envelope(raw=data(sender="unverified@shop.example")), Outcome.DEFERRED, "Sender Signature"),
    ("mailgun", envelope(to="not-an-address"), Outcome.REFUSED, "not a valid address"),
    ("resend", envelope(to="refused@example.com"), Outcome.REFUSED, "validation_error"),
]


@pytest.mark.parametrize(("case", "sent", "outcome", "words"), WORDS, indirect=["case"])
def test_a_refusal_about_the_email_is_for_good_and_one_about_us_is_not(
    case: Case, sent: Envelope, outcome: Outcome, words: str
) -> None:
    ((_, receipt),) = send(case.transport, [sent])
    assert receipt.outcome is outcome
    assert words in receipt.text


def test_a_wrong_key_fails_no_message(case: Case) -> None:
    wrong = address_of(case.name, case.fake).replace(KEY, "another")
    ((_, receipt),) = send(open_provider(wrong), [envelope()])
    assert receipt.outcome is Outcome.DEFERRED
    assert receipt.code in (401, 403)


def test_a_provider_that_cannot_be_reached_costs_no_hand_over(case: Case) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = address_of(case.name, Fake(case.fake.serve, port=nobody.getsockname()[1]))
        receipts = send(open_provider(url), [envelope(1), envelope(2)], lambda _: pytest.fail("asked"))
    assert [(r.outcome, r.code) for _, r in receipts] == [(Outcome.DEFERRED, 0)] * 2
    assert "cannot reach" in receipts[0][1].text


@only("postmark")
def test_a_provider_that_is_asked_too_fast_is_left_alone_for_as_long_as_it_says(case: Case) -> None:
    case.fake.moods = [(429, {"Retry-After": "1"}, b"{}")]
    began = time.monotonic()
    assert [r.outcome for _, r in send(case.transport, [envelope(1), envelope(2)])] == [
        Outcome.DEFERRED,
        Outcome.ACCEPTED,
    ]
    assert 0.9 < time.monotonic() - began < 5


@only("postmark")
def test_a_rate_holds_over_all_connections(case: Case) -> None:
    transport = open_provider(address_of(case.name, case.fake, "&rate=20"))

    async def run() -> float:
        async def feed(start: int) -> AsyncIterator[Envelope]:
            for n in range(start, start + 4):
                yield envelope(n)

        async def hand_over(_: Envelope) -> bool:
            return True

        async def line(start: int) -> None:
            async for _ in transport.send(feed(start), hand_over):
                pass

        began = time.monotonic()
        await asyncio.gather(line(1), line(11))
        return time.monotonic() - began

    assert 7 / 20 <= asyncio.run(run()) < 2
    assert len(case.fake.kept) == 8


def test_an_address_beyond_ascii_fails_with_the_reason(case: Case) -> None:
    ((_, receipt),) = send(case.transport, [envelope(to="müller@example.com")], lambda _: pytest.fail("asked"))
    assert (receipt.outcome, receipt.code) == (Outcome.REFUSED, 0)
    assert "ASCII" in receipt.text


def test_no_key_is_ever_shown(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = address_of(case.name, case.fake).replace(KEY, "wrong-key-of-ours")
    told = [
        str(r) for url in (address_of(case.name, case.fake), wrong) for _, r in send(open_provider(url), [envelope()])
    ]
    call = case.transport.api.call(envelope())
    shown = "\n".join([*told, caplog.text, repr(case.transport), repr(call), repr(case.transport.api.account)])
    assert "127.0.0.1" in shown
    for secret in (KEY, SECRET, "wrong-key-of-ours", "Bearer", "Basic "):
        assert secret not in shown


@pytest.mark.parametrize(
    "url",
    [
        "sendgrid://", "sendgrid://api", "sendgrid://hidden@", "postmark://hidden@api?speed=9", "ses://hidden@eu-west-1",
        "ses://k:hidden/b@eu-west-1", "resend://hidden@api?rate=fast", "resend://hidden@api?rate=-1",
        "mailgun://hidden@mg.example.com/v3", "postmark://hidden@api?endpoint=http://api.postmarkapp.com",
        "postmark://hidden@api?endpoint",
    ],
)  # fmt: skip
def test_an_url_that_lacks_something_is_explained_and_its_key_is_not_shown(url: str) -> None:
    with pytest.raises(Misconfigured, match=r"delivery\.transport") as error:
        open_provider(url)
    assert "hidden" not in str(error.value)


def test_each_provider_is_reached_at_its_own_address() -> None:
    urls = {
        "ses://k:s@eu-west-1": "https://email.eu-west-1.amazonaws.com",
        "sendgrid://k@api": "https://api.sendgrid.com",
        "sendgrid://k@api?endpoint=https://api.eu.sendgrid.com/": "https://api.eu.sendgrid.com",
        "postmark://k@api?stream=broadcast": "https://api.postmarkapp.com",
        "mailgun://k@mg.shop.example": "https://api.mailgun.net",
        "resend://k@api": "https://api.resend.com",
    }
    assert {url: open_provider(url).api.account.endpoint for url in urls} == urls
    assert open_provider("mailgun://k@mg.shop.example").api.call(envelope()).url.endswith(f"/v3/{DOMAIN}/messages.mime")


def test_a_transport_is_opened_by_url(tmp_path: Path) -> None:
    from mailer.delivery.transport import open_transport

    found = open_transport("resend://k@api", tmp_path)
    assert isinstance(found, ApiTransport)
    assert found.api.account.rate == 2


def test_over_tls_it_is_the_same_and_only_a_certificate_we_believe_will_do(tmp_path: Path) -> None:
    certificate = tmp_path / "fake.pem"
    with fakes.running(fakes.FAKES["postmark"], served(certificate)) as fake:
        url = address_of("postmark", fake).replace("http://", "https://")
        fake.moods = ["", "hang up"]
        receipts = send(open_provider(f"{url}&ca={certificate}"), [envelope(n) for n in (1, 2, 3, 4)])
        assert [r.outcome for _, r in receipts] == [Outcome.ACCEPTED] * 4
        assert (len(fake.kept), fake.connections) == (4, 2)
        receipts = send(open_provider(url), [envelope()], lambda _: pytest.fail("asked"))
        assert receipts[0][1].outcome is Outcome.DEFERRED
        assert "CERTIFICATE_VERIFY_FAILED" in receipts[0][1].text
