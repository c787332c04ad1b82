"""How is a body made safe for transport, and how is that undone?

We write quoted-printable only (RFC 2045, 6.7): it passes every server, stays readable, and no line is longer than 76.
We read all of them, leniently: what cannot be undone is given as it came.
"""

import binascii
import quopri
import re

from mailer.mail.encoding import lenient_base64


def quoted_printable(text: str) -> bytes:
    """Write text as quoted-printable lines that end in CRLF, the last one too.

    A line that begins with "From " is written =46rom, because mailbox files and some relays change it otherwise, and a
    signature would break.
    """
    out = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n"):
        data = binascii.b2a_qp(line.encode("utf-8"), istext=True)
        data = b"=46" + data[1:] if data.startswith(b"From ") else data
        out += _narrow(data.split(b"=\n"))
    return b"\r\n".join([*out, b""])


def _narrow(pieces: list[bytes]) -> list[bytes]:
    """Give the pieces of one line with their soft breaks, none longer than 76 (`=46rom` makes a line 2 longer)."""
    if len(pieces[0]) + (len(pieces) > 1) > 76:
        pieces = [pieces[0][:6], pieces[0][6:], *pieces[1:]]
    return [piece + b"=" for piece in pieces[:-1]] + pieces[-1:]


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
