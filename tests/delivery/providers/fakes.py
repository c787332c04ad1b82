"""Stand-ins for five providers' APIs on this machine, strict about what the real ones are strict about.

`test_fakes.py` proves each with the provider's own client.
"""

import base64
import hashlib
import io
import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from werkzeug.formparser import parse_form_data

KEY, SECRET, REGION, DOMAIN = "AKIDEXAMPLE", "wJalr/XUtn+FEMI", "eu-west-1", "mg.shop.example"
ADDRESS = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^<>@,"]*)\s*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s,"]+@[^<>@\s,"]+')

Result = tuple[int, dict[str, str], bytes]


@dataclass
class Request:
    """What came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Fake:
    """One provider. Each entry of `moods` is for one request: an answer to give, or what to do to the connection."""

    serve: Callable[["Fake", Request], Result]
    moods: list[Result | str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)  # what the provider believes it was given to send
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running(serve: Callable[[Fake, Request], Result], tls: ssl.SSLContext | None = None) -> Iterator[Fake]:
    """Run a provider."""
    fake = Fake(serve)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            fake.connections += 1

        def handle(self) -> None:
            try:
                super().handle()
            except ConnectionError:
                self.close_connection = True

        def do_POST(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            fake.requests.append(request)
            mood = fake.moods.pop(0) if fake.moods else ""
            if isinstance(mood, tuple):
                self.reply(mood)
                return
            result = fake.serve(fake, request)
            if mood == "drop":
                self.close_connection = True
            elif mood == "silence":
                time.sleep(1)
                self.close_connection = True
            elif mood == "cut":  # the head of the answer, and then no more
                self.send_response(result[0])
                self.send_header("Content-Length", "999")
                self.end_headers()
                self.close_connection = True
            else:
                self.reply(result)
                self.close_connection = mood == "hang up"

        def reply(self, result: Result) -> None:
            status, headers, content = result
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    fake.port = server.server_address[1]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def said(status: int, data: Any = None, **headers: str) -> Result:
    """Answer in JSON."""
    return status, headers, b"" if data is None else json.dumps(data).encode()


# Amazon SES, version 2


def ses(fake: Fake, request: Request) -> Result:
    """SendEmail with raw content; the signature is checked with Amazon's own code."""
    if not aws_signed(request):
        words = {"message": "The request signature we calculated does not match the signature you provided."}
        return 403, {"x-amzn-ErrorType": "InvalidSignatureException"}, json.dumps(words).encode()
    data = request.json
    raw = base64.b64decode(data["Content"]["Raw"]["Data"], validate=True)
    to = data["Destination"]["ToAddresses"]
    tags = data.get("EmailTags", [])
    bad = [
        tag for tag in tags if not all(re.fullmatch(r"[A-Za-z0-9_.@-]{1,256}", tag[name]) for name in ("Name", "Value"))
    ]
    if request.path != "/v2/email/outbound-emails" or len(to) != 1 or bad:
        return 400, {"x-amzn-ErrorType": "BadRequestException"}, b'{"message": "bad request"}'
    if max(map(len, raw.split(b"\r\n"))) > 998 or "unverified@" in str(message_from_bytes(raw)["From"]):
        words = {"message": "Email address is not verified. The following identities failed the check"}
        return 400, {"x-amzn-ErrorType": "MessageRejected"}, json.dumps(words).encode()
    fake.kept.append({"to": to[0], "raw": raw, "tags": {tag["Name"]: tag["Value"] for tag in tags}})
    return said(200, {"MessageId": f"0102-{len(fake.kept)}"})


def aws_signed(request: Request) -> bool:
    """Compute the signature again, with botocore."""
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=(\S+?)/(\d{8})/(\S+?)/(\S+?)/aws4_request, ?SignedHeaders=(\S+?), ?"
        r"Signature=(\w+)",
        request.headers.get("authorization", ""),
    )
    if not found or found[1] != KEY or found[3] != REGION or found[4] != "ses":
        return False
    names = found[5].split(";")
    url = f"https://{request.headers['host']}{request.path}"
    sent = AWSRequest("POST", url, headers={name: request.headers[name] for name in names}, data=request.body)
    sent.context["timestamp"] = request.headers["x-amz-date"]
    sent.context["payload_signing_enabled"] = True
    oracle = SigV4Auth(Credentials(KEY, SECRET), "ses", REGION)
    right = oracle.signature(oracle.string_to_sign(sent, oracle.canonical_request(sent)), sent)
    return "host" in names and "x-amz-date" in names and right == found[6]


# SendGrid, version 3

RESERVED = {"x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"}
RESERVED |= {"to", "from", "subject", "reply-to", "cc", "bcc"}


def sendgrid(fake: Fake, request: Request) -> Result:
    """mail/send."""
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return said(401, {"errors": [{"message": "The provided authorization grant is invalid", "field": None}]})
    data, wrong = request.json, []
    if request.path != "/v3/mail/send":
        return said(404, {"errors": [{"message": "not found"}]})
    if "raw" in data or set(data) - {
        "personalizations", "from", "reply_to", "subject", "content", "headers", "custom_args", "attachments",
    }:  # fmt: skip
        wrong.append("Bad Request: unknown field")
    if not data.get("subject"):
        wrong.append("The subject is required.")
    if RESERVED & {name.lower() for name in data.get("headers", {})}:
        wrong.append("The headers contain a reserved header")
    everything = [*data.get("headers", {}).values(), *data.get("custom_args", {}).values()]
    if not all(isinstance(value, str) and value.isascii() for value in everything):
        wrong.append("headers and custom_args must be strings in ASCII")
    kinds = [part["type"] for part in data.get("content", [])]
    if not kinds or kinds != sorted(kinds, reverse=True) or not all(part["value"] for part in data["content"]):
        wrong.append("The content value must be a string at least one character in length, text/plain first")
    if any("blocked@" in to["email"] for each in data["personalizations"] for to in each["to"]):
        wrong.append("Does not contain a valid address.")
    if wrong:
        return said(400, {"errors": [{"message": each} for each in wrong]})
    words = {part["type"]: part["value"] for part in data["content"]}
    fake.kept.append(
        {
            "to": data["personalizations"][0]["to"][0]["email"],
            "from": (data["from"].get("name", ""), data["from"]["email"]),
            "reply_to": (data.get("reply_to", {}).get("name", ""), data.get("reply_to", {}).get("email")),
            "subject": data["subject"],
            "text": words.get("text/plain", ""),
            "html": words.get("text/html", ""),
            "headers": data.get("headers", {}),
            "label": data.get("custom_args", {}).get("lifeline-message"),
        }
    )
    return 202, {"X-Message-Id": f"sg-{len(fake.kept)}"}, b""


# Postmark


def postmark(fake: Fake, request: Request) -> Result:
    """One email."""
    if request.headers.get("x-postmark-server-token") != KEY:
        return said(401, {"ErrorCode": 10, "Message": "The Server Token you provided in the header was incorrect."})
    if "application/json" not in request.headers.get("accept", "") or request.path != "/email":
        return said(404, {"ErrorCode": 701, "Message": "not found"})
    data = request.json
    if data["To"] == "inactive@example.com":
        return said(422, {"ErrorCode": 406, "Message": "You tried to send to a recipient marked as inactive."})
    if "unverified@" in data["From"]:
        return said(422, {"ErrorCode": 400, "Message": "The 'From' address is not a Sender Signature on your account."})
    metadata = data.get("Metadata") or {}
    if any(len(name) > 20 or len(value) > 80 for name, value in metadata.items()):
        return said(422, {"ErrorCode": 300, "Message": "Metadata too long"})
    parties = [data[name] for name in ("From", "To", "ReplyTo") if data.get(name)]
    if not all(ADDRESS.fullmatch(party) for party in parties) or not (data.get("TextBody") or data.get("HtmlBody")):
        return said(422, {"ErrorCode": 300, "Message": "Invalid email request"})
    headers = {each["Name"]: each["Value"] for each in data.get("Headers") or []}
    ident = headers["Message-ID"] if headers.get("X-PM-KeepID") == "true" else f"<{len(fake.kept)}@mtasv.net>"
    fake.kept.append(
        {
            "to": data["To"],
            "from": split(data["From"]),
            "reply_to": split(data.get("ReplyTo") or ""),
            "subject": data["Subject"],
            "text": data.get("TextBody") or "",
            "html": data.get("HtmlBody") or "",
            "headers": {**{k: v for k, v in headers.items() if k != "X-PM-KeepID"}, "Message-ID": ident},
            "label": metadata.get("lifeline-message"),
            "stream": data.get("MessageStream"),
        }
    )
    return said(200, {
        "To": data["To"], "SubmittedAt": "2026-03-16T10:00:00.1234567Z", "MessageID": f"pm-{len(fake.kept)}",
        "ErrorCode": 0, "Message": "OK",
    })  # fmt: skip


# Mailgun


def mailgun(fake: Fake, request: Request) -> Result:
    """messages.mime, or messages."""
    right = base64.b64encode(f"api:{KEY}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {right}":
        return 401, {"Content-Type": "text/html"}, b"Forbidden"
    if not request.path.startswith(f"/v3/{DOMAIN}/messages"):
        return said(404, {"message": "Domain not found: other.example"})
    given = {"wsgi.input": io.BytesIO(request.body), "CONTENT_LENGTH": str(len(request.body)), "REQUEST_METHOD": "POST"}
    _, form, files = parse_form_data({**given, "CONTENT_TYPE": request.headers["content-type"]})
    if not form.get("to") or "message" not in files:
        return said(400, {"message": "message parameter is missing"})
    raw = files["message"].read()
    files["message"].close()
    if "not-an-address" in form["to"]:
        return said(400, {"message": "to parameter is not a valid address. please check documentation"})
    fake.kept.append({"to": form["to"], "raw": raw, "label": form.get("v:lifeline-message", "")})
    ident = message_from_bytes(raw)["Message-ID"] or f"<{len(fake.kept)}@{DOMAIN}>"
    return said(200, {"id": ident, "message": "Queued. Thank you."})


# Resend


def resend(fake: Fake, request: Request) -> Result:
    """One email; the same Idempotency-Key twice sends once."""
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return said(401, {"statusCode": 401, "name": "invalid_api_key", "message": "API key is invalid"})
    if request.path != "/emails" or not request.headers.get("user-agent"):
        return said(404, {"statusCode": 404, "name": "not_found", "message": "not found"})
    data = request.json
    tags = data.get("tags", [])
    to = [data["to"]] if isinstance(data["to"], str) else data["to"]
    replies = data.get("reply_to", [])
    parties = [data["from"], *to, *([replies] if isinstance(replies, str) else replies)]
    fine = all(re.fullmatch(r"[A-Za-z0-9_-]{1,256}", tag[name]) for tag in tags for name in ("name", "value"))
    if not fine or not all(ADDRESS.fullmatch(party) for party in parties) or "refused@example.com" in to:
        return said(422, {"statusCode": 422, "name": "validation_error", "message": "Invalid `to` field."})
    key = request.headers.get("idempotency-key")
    payload = hashlib.sha256(request.body).hexdigest()
    before = next((each for each in fake.kept if key and each["key"] == key), None)
    if before and before["payload"] != payload:
        return said(409, {"statusCode": 409, "name": "invalid_idempotent_request", "message": "payload differs"})
    if not before:
        fake.kept.append(
            {
                "to": to[0],
                "from": split(data["from"]),
                "reply_to": split(([replies] if isinstance(replies, str) else replies or [""])[0]),
                "subject": data["subject"],
                "text": data.get("text", ""),
                "html": data.get("html", ""),
                "headers": data.get("headers", {}),
                "label": bytes.fromhex(
                    next((t["value"] for t in tags if t["name"] == "lifeline_message"), "")
                ).decode(),
                "key": key,
                "payload": payload,
            }
        )
    return said(200, {"id": f"re-{fake.kept.index(before) + 1 if before else len(fake.kept)}"})


def split(party: str) -> tuple[str, str | None]:
    """Read `"Name" <address>`."""
    name, bracket, address = party.rpartition("<")
    plain = re.sub(r"\\(.)", r"\1", name.strip().removeprefix('"').removesuffix('"'))
    return (plain, address.rstrip(">")) if bracket else ("", party or None)


FAKES = {"ses": ses, "sendgrid": sendgrid, "postmark": postmark, "mailgun": mailgun, "resend": resend}
PLACES = {"ses": f"{KEY}:{SECRET.replace('/', '%2F').replace('+', '%2B')}@{REGION}", "mailgun": f"{KEY}@{DOMAIN}"}


def address_of(name: str, fake: Fake, more: str = "") -> str:
    """Return the URL that an operator would give, with the fake in the provider's place."""
    rate = "&rate=0" if name == "resend" and "rate=" not in more else ""
    return f"{name}://{PLACES.get(name, f'{KEY}@api')}?endpoint={fake.url}{rate}{more}"
