"""Which parts does an email have?

The tree of RFC 2045 and 2046 is read into a flat list of leaves. Our own reader and not the standard library's, because
what arrives is hostile: there, one long Subject cost gigabytes and a few thousand nested parts ended in RecursionError.
Here every step is linear, and depth, parts and headers have caps; beyond a cap the rest is kept as one opaque part, so
that nothing is lost. An attached email (message/rfc822) is a leaf: its words are not the sender's words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote_to_bytes

from mailer.mail.encoding import decode, decode_header, decode_words
from mailer.mail.transfer import decode_transfer

MAX_DEPTH = 20
MAX_PARTS = 500
MAX_FIELDS = 1_000  # headers of one part
MAX_FIELD = 100_000  # bytes kept of one header
MAX_BLOCK = 256_000  # bytes looked at for one part's headers

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.){0,2000})"?|([^;]{0,2000}))', re.DOTALL)

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of an email: its headers (lower-case names, values unfolded, RFC 2047 words not read) and its bytes."""

    headers: Headers
    content_type: str  # "text/plain", lower-case
    parameters: dict[str, str]  # of Content-Type
    disposition: str  # "attachment", "inline", …; "" if not said
    filename: str
    within: tuple[str, ...]  # the multiparts it lies in, from the outside in
    encoded: bytes

    @property
    def data(self) -> bytes:
        """Its bytes, with the transfer encoding undone."""
        return decode_transfer(self.encoded, value(self.headers, "content-transfer-encoding"))

    @property
    def text(self) -> str:
        """Its bytes read as text, with \\n between lines."""
        words = decode(self.data, self.parameters.get("charset", ""))
        return words.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")

    @property
    def is_attachment(self) -> bool:
        """Whether it is something handed over beside the words, and not the words themselves."""
        if not self.content_type.startswith("text/"):
            return not self.content_type.startswith(("multipart/", "message/delivery-status"))
        return self.disposition == "attachment" or bool(self.filename)


def value(headers: Headers, name: str) -> str:
    """Return the first header of this lower-case name, or ""."""
    return next((text for key, text in headers if key == name), "")


def read_headers(raw: bytes) -> tuple[Headers, bytes]:
    """Part an email into its headers and its body (RFC 5322, 2.1); a line that is no header begins the body."""
    headers, body = _read_headers(raw, 0, len(raw))
    return headers, raw[body:]


def leaves(raw: bytes) -> tuple[Headers, list[Part]]:
    """Return the headers of an email and all its leaves in order."""
    headers, body = _read_headers(raw, 0, len(raw))
    return headers, list(islice(_leaves(raw, headers, (body, len(raw)), (), "text/plain"), MAX_PARTS))


def _read_headers(raw: bytes, at: int, end: int) -> tuple[Headers, int]:
    """Read the headers that begin at `at`; return them, and where the body begins."""
    fields: list[bytearray] = []
    last = min(end, at + MAX_BLOCK)
    if raw.startswith((b"From ", b">From "), at):  # the separator of an mbox file
        at = raw.find(b"\n", at, last) + 1 or last
    while at < last:
        stop = raw.find(b"\n", at, last) + 1 or last
        line = raw[at:stop]
        if not line.strip(b"\r\n"):
            at = stop
            break
        if line[:1] in (b" ", b"\t"):
            if fields and len(fields[-1]) < MAX_FIELD:
                fields[-1] += line[:MAX_FIELD]
        elif _FIELD.match(line):
            fields.append(bytearray(line[:MAX_FIELD]))
        else:
            break
        at = stop
    pairs = []
    for field in fields[:MAX_FIELDS]:
        name, _, content = bytes(field).partition(b":")
        pairs.append((name.strip().decode("ascii", "replace").lower(), decode_header(content)))
    return tuple(pairs), at


def _leaves(
    raw: bytes, headers: Headers, span: tuple[int, int], within: tuple[str, ...], default: str
) -> Iterator[Part]:
    kind, parameters = read_parameters(value(headers, "content-type"))
    kind = kind.lower() if re.fullmatch(r"[!-.0-~]+/[!-~]+", kind) else default
    boundary = parameters.get("boundary", "").rstrip()
    if kind.startswith("multipart/") and boundary and len(within) < MAX_DEPTH:
        inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        pieces = list(islice(_split(raw, span, boundary.encode("utf-8", "replace")), MAX_PARTS))
        for begin, end in pieces:
            inner_headers, body = _read_headers(raw, begin, end)
            yield from _leaves(raw, inner_headers, (body, end), (*within, kind), inner)
        if pieces:
            return
    if kind.startswith("multipart/"):
        kind = "text/plain" if len(within) < MAX_DEPTH else "application/octet-stream"
    disposition, more = read_parameters(value(headers, "content-disposition"))
    filename = decode_words(more.get("filename") or parameters.get("name") or "")
    encoded = raw[span[0] : span[1]]
    yield Part(headers, kind, parameters, disposition.lower(), filename.strip(), within, encoded)


def _split(raw: bytes, span: tuple[int, int], boundary: bytes) -> Iterator[tuple[int, int]]:
    """Give what lies between the boundaries; the line break before one belongs to it (RFC 2046, 5.1.1)."""
    delimiter = b"--" + boundary
    start, end = span
    begin, at = -1, start
    while (found := raw.find(delimiter, at, end)) >= 0:
        at = found + len(delimiter)
        tail = raw[at : min(at + 200, end)].split(b"\n", 1)[0].strip(b" \t\r")
        if (found > start and raw[found - 1 : found] != b"\n") or tail not in (b"", b"--"):
            continue
        if begin >= 0:
            line_break = 2 if raw[found - 2 : found] == b"\r\n" else 1
            yield begin, max(begin, found - line_break)
        begin = raw.find(b"\n", at, end) + 1 or end
        if tail == b"--":
            return
    if 0 <= begin < end:
        yield begin, end


def read_parameters(header: str) -> tuple[str, dict[str, str]]:
    """Read `text/plain; charset=utf-8` into its value and its parameters (RFC 2045, 5.1; RFC 2231, 3 and 4)."""
    first, _, _ = header.partition(";")
    found: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(header[:MAX_FIELD]):
        text = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else (match[3] or "").strip()
        name, star, section = match[1].lower().partition("*")
        if not star:
            found.setdefault(name, text)
        elif section.rstrip("*").isdigit() or not section:
            number = int(section.rstrip("*")[:4] or 0)
            pieces.setdefault(name, {})[number] = (text, section.endswith("*") or not section)
    for name, numbered in pieces.items():
        found[name] = _join(numbered)
    return first.strip(), found


def _join(numbered: dict[int, tuple[str, bool]]) -> str:
    """Join the pieces of a continued parameter: charset'language'percent-encoded (RFC 2231, 4)."""
    data, charset = b"", ""
    for number in sorted(numbered):
        text, encoded = numbered[number]
        if encoded and number == min(numbered) and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return decode(data, charset)
