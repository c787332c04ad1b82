"""How is a body made safe for transport, and how is that undone?

We write quoted-printable only (RFC 2045, 6.7): it passes every server, stays readable, and no line is longer than 76.
It is written in *pieces*, each of which begins and ends at the beginning of a line, by a soft break where the text has
none. So pieces can be made apart, long before, and put one after the other: that is why a letter costs so little. No
line begins with a dot or with "From ": SMTP has nothing to double, and a mailbox file nothing to change that a
signature would miss.

We read all encodings, leniently: what cannot be undone is given as it came.
"""

import binascii
import quopri
import re
from functools import lru_cache

from mailer.mail.encoding import lenient_base64

_WIDTH = 73  # signs of a line before it is cut: 76 without the soft break, and two more for a hidden dot or F
_SHORT = 200  # characters; longer lines are not remembered
_SAFE = re.compile(r"(?![.F])(?:[!-<>-~][ -<>-~]{0,71})?[!-<>-~]")  # one line, nothing to encode or to hide


def quoted_printable(text: str) -> bytes:
    """Write text as quoted-printable lines that end in CRLF, the last one too."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    return b"".join([line(each) for each in text.split("\n")])


def piece(text: str) -> bytes:
    """Write text, whose lines end in LF, as quoted-printable that begins and ends at the beginning of a line."""
    if _SAFE.fullmatch(text):
        return text.encode("ascii") + b"=\r\n"
    whole, newline, rest = text.rpartition("\n")
    lines = b"".join([line(each) for each in whole.split("\n")]) if newline else b""
    return lines + line(rest).removesuffix(b"\r\n") + b"=\r\n" if rest else lines


def ended(body: bytes) -> bytes:
    """Return pieces as a whole: without the soft break at the end, where there is one."""
    return body.removesuffix(b"=\r\n")


def line(text: str) -> bytes:
    """Write one line, without its LF, as quoted-printable lines; the last one ends in CRLF."""
    return _known(text) if len(text) <= _SHORT else _line(text)


def _line(text: str) -> bytes:
    if _SAFE.fullmatch(text):
        return text.encode("ascii") + b"\r\n"
    data = binascii.b2a_qp(text.encode("utf-8"), istext=True).replace(b"=\n", b"")
    lines, at = [], 0
    while len(data) - at > _WIDTH:
        end = at + _WIDTH
        end -= (data[end - 1] == 61) or 2 * (data[end - 2] == 61)  # never within =C3
        lines.append(_hidden(data[at:end]))
        at = end
    lines.append(_hidden(data[at:]))
    return b"=\r\n".join(lines) + b"\r\n"


_known = lru_cache(maxsize=4096)(_line)


def _hidden(data: bytes) -> bytes:
    """Hide what would mean something at the beginning of a line."""
    if data[:1] == b"." or data[:5] == b"From ":
        return b"=%02X" % data[0] + data[1:]
    return data


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """Undo a Content-Transfer-Encoding, however it is spelt; an unknown one is taken as none."""
    name = encoding.partition(";")[0].strip().strip("\"'").lower()
    if name == "base64":
        return lenient_base64(data)
    if name.startswith("quoted"):
        return quopri.decodestring(data)
    if name in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uudecode(data)
    return data


def _uudecode(data: bytes) -> bytes:
    out = []
    match = re.search(rb"^begin [0-7]{3,4} [^\n]*\n", data, re.MULTILINE)
    for line in data[match.end() :].splitlines() if match else []:
        if line.strip() in (b"end", b"`"):
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            continue
    return b"".join(out) if out else data
