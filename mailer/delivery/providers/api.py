"""How does a message reach a provider over HTTP, without leaving twice or being lost unseen?

The rule is that of SMTP (see `line`), with the first byte of the request in the place of the final dot: what was not
written cannot be acted on. So the connection is opened first, then the hand-over is asked for, and on a yes the request
is written *at once*; httpx tells us the moment (its `trace` extension), and an error raised there writes nothing.

    before the request  no connection                      deferred: they do not have it, and nobody was marked
    hand-over says no   the connection is dropped          withheld
    after it            2xx accepted; a 4xx that is about the email refused; 429, 5xx, and a 4xx that is about us
                        (credentials, an unverified domain, a quota) deferred; no answer, or a gateway that got none
                        (502, 504; RFC 9110, 15.6), lost

A kept connection that the server closed meanwhile is seen before the first byte, and replaced. Where a provider dedupes
on a key of ours, an answer that was lost is simply asked for again, with the same key and the same bytes.
"""

import asyncio
import json
import ssl
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar, Self

from mailer import clock
from mailer.delivery.local import WITHHELD
from mailer.delivery.providers.account import Account
from mailer.delivery.smtp import malformed
from mailer.delivery.transport import Envelope, HandOver, Outcome, Receipt
from mailer.delivery.turns import Turns
from mailer.errors import Invalid
from mailer.failpoints import reach
from mailer.late import httpx

REST = 10.0  # seconds in which a provider that could not be reached is not asked again, on one connection
LONGEST_REST = 30.0  # seconds we wait at most because a provider said that we are too fast
MAX_ANSWER = 64_000  # bytes read of an answer
MAX_WORDS = 500  # characters kept of what it says
ASKS = 3  # times an answer that was lost is asked for, where asking twice is safe

# What a status says where the provider's own words say no more. The first that fits decides.
ABOUT_US = {401, 402, 403, 404, 405, 407, 408, 421, 423, 425, 429}  # the operator's matter, or a matter of time
UNSAID = {502, 504}  # a gateway that got no answer itself


@dataclass(frozen=True, slots=True)
class Call:
    """A request that carries one message. Its headers hold a key, so they are never shown."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said. `data` is its JSON object, empty where it sent none."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        """The body as a JSON object."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Api(ABC):
    """One provider: how a message becomes a request, and what its answer means."""

    home: ClassVar[str]  # where it is reached; {place} in it is what stands behind the @
    rate: ClassVar[float] = 0  # requests a second it allows everybody; 0 is no limit
    options: ClassVar[frozenset[str]] = frozenset()  # what it can be told besides the common ones
    dedupes: ClassVar[bool] = False  # it acts once on two requests of ours with the same key

    def __init__(self, account: Account) -> None:
        self.account = account

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Return the provider that `url` names, with its key.

        Raises:
            Misconfigured: something is missing.
        """
        return cls(Account.from_url(url, home=cls.home, rate=cls.rate, options=cls.options))

    @abstractmethod
    def call(self, envelope: Envelope) -> Call:
        """Return the request that carries `envelope`.

        Raises:
            Invalid: it holds something this provider cannot carry.
        """

    @abstractmethod
    def judge(self, answer: Answer) -> Receipt:
        """Return what became of it."""


def judged(
    answer: Answer,
    words: str,
    queue_id: str = "",
    *,
    about_us: bool = False,
    unsaid: frozenset[int] | set[int] = UNSAID,
) -> Receipt:
    """Turn an answer into a receipt by its status; `about_us` says that a refusal is not about this email."""
    status = answer.status
    text = " ".join((words or _phrase(status)).split())[:MAX_WORDS]
    if 200 <= status < 300:
        return Receipt(Outcome.ACCEPTED, status, text, queue_id)
    if status in unsaid:
        return Receipt(Outcome.LOST, status, text)
    if status >= 500 or status < 400 or status in ABOUT_US or about_us:
        return Receipt(Outcome.DEFERRED, status, text)
    return Receipt(Outcome.REFUSED, status, text)


class ApiTransport:
    """A way out through one provider."""

    def __init__(self, api: Api, answer_within: float = 120.0) -> None:
        self.api = api
        self.answer_within = answer_within
        self.turns = Turns(api.account.rate)
        is_open = api.account.endpoint.startswith("http://")  # only to this very machine
        self._tls = False if is_open else ssl.create_default_context(cafile=api.account.ca or None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.api.account!r})"

    async def send(
        self, envelopes: AsyncIterator[Envelope], hand_over: HandOver
    ) -> AsyncIterator[tuple[Envelope, Receipt]]:
        """Send one envelope after the other over one connection, opened again when it is lost."""
        patience = httpx.Timeout(30, read=self.answer_within)
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=30)
        wire = httpx.AsyncHTTPTransport(verify=self._tls, http1=True, http2=False, trust_env=False, limits=limits)
        unreachable, rested_at = Receipt(Outcome.DEFERRED), 0.0
        async with httpx.AsyncClient(transport=wire, timeout=patience, trust_env=False) as client:
            line = _Line(client)
            async for envelope in envelopes:
                call = self._call(envelope)
                if isinstance(call, Receipt):
                    yield envelope, call
                    continue
                if clock.monotonic() < rested_at:
                    yield envelope, unreachable
                    continue
                await self.turns.take()
                receipt = await self._sent(line, call, envelope, hand_over)
                if receipt.outcome is Outcome.DEFERRED and not receipt.code:
                    unreachable, rested_at = receipt, clock.monotonic() + REST
                yield envelope, receipt

    def _call(self, envelope: Envelope) -> Call | Receipt:
        if receipt := malformed(envelope):
            return receipt
        if not (envelope.sender + envelope.recipient).isascii():
            return Receipt(Outcome.REFUSED, 0, "not sent: this provider takes only addresses in ASCII")
        try:
            return self.api.call(envelope)
        except Invalid as error:
            return Receipt(Outcome.REFUSED, 0, f"not sent: {error}")

    async def _sent(self, line: "_Line", call: Call, envelope: Envelope, hand_over: HandOver) -> Receipt:
        moment = _Moment(line, lambda: hand_over(envelope))
        lost = Receipt(Outcome.LOST)
        for again in range(ASKS if self.api.dedupes else 1):
            if again:
                await asyncio.sleep(again)
            try:
                answer = await line.post(call, moment)
            except _Withheld:
                return WITHHELD
            except httpx.TransportError as error:
                said = f"{type(error).__name__} {error}".strip()
                if not moment.written:
                    return Receipt(Outcome.DEFERRED, 0, f"cannot reach {self.api.account.endpoint}: {said}")
                lost = Receipt(Outcome.LOST, 0, f"no answer: {said}")
                continue
            if answer.status in (429, 503):
                self.turns.rest(_rest(answer.headers.get("retry-after", "")))
            receipt = self.api.judge(answer)
            if not again and receipt.outcome is not Outcome.LOST:
                return receipt
            if receipt.outcome in (Outcome.ACCEPTED, Outcome.REFUSED):
                return receipt
            if receipt.outcome is Outcome.LOST:
                lost = receipt  # else: too fast, or trouble of theirs, which says nothing about the earlier try
        return lost


class _Withheld(Exception):
    """The hand-over said no."""


class _Closed(Exception):
    """The server had closed the connection before anything was written on it."""


class _Moment:
    """One message at the point of no return: asked once, whatever happens to the connection before it."""

    def __init__(self, line: "_Line", ask: Callable[[], Awaitable[bool]]) -> None:
        self.line, self.ask = line, ask
        self.granted = self.written = False

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Be told by httpx what it does, before and after."""
        match event:
            case "connection.connect_tcp.complete" | "connection.start_tls.complete":
                self.line.stream, self.line.used = info["return_value"], False
            case "http11.send_request_headers.started":
                if not self.granted and not await self.ask():
                    raise _Withheld
                self.granted = True
                if self.line.is_closed:
                    raise _Closed
                self.written = self.line.used = True
            case "http11.send_request_body.complete":
                reach("delivery.after-dot")


class _Line:
    """One connection, opened when it is needed."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.stream: Any = None
        self.used = False

    @property
    def is_closed(self) -> bool:
        """Whether the server hung up. On a fresh connection TLS may still have something to say (RFC 8446, 4.6.1)."""
        return self.used and bool(self.stream.get_extra_info("is_readable"))

    async def post(self, call: Call, moment: _Moment) -> Answer:
        """Write the request, and return the answer; its status counts even when the rest of it is cut off."""
        request = self.client.build_request(
            "POST", call.url, headers=dict(call.headers), content=call.content, extensions={"trace": moment.trace}
        )
        try:
            response = await self.client.send(request, stream=True)
        except _Closed:
            response = await self.client.send(request, stream=True)
        body = b""
        try:
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > MAX_ANSWER:
                    break
        except (httpx.TransportError, httpx.DecodingError):
            body = body[:MAX_ANSWER]
        finally:
            await response.aclose()
        return Answer(response.status_code, response.headers, body)


def _rest(retry_after: str) -> float:
    """Return how long the provider wants to be left alone (RFC 9110, 10.2.3): a second if it does not say."""
    return min(float(retry_after), LONGEST_REST) if retry_after.strip().isdigit() else 1.0


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no words"
