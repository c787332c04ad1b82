"""How does text become the bytes of a header, and bytes become text again?

Writing is strict: UTF-8, encoded words of at most 60 characters, cut between characters (RFC 2047, 2 allows 75; 60
leaves room for the name of the header). Reading is lenient, because the world is not: the declared charset if it fits,
then UTF-8, then what chardet finds, then UTF-8 with replacement signs. Nothing that came from outside raises here.
"""

import base64
import binascii
import codecs
import quopri
import re

from mailer.errors import Invalid

MAX_DETECT = 20_000  # bytes shown to chardet; more only costs time

# Charsets under other names (WHATWG Encoding; names seen in real mail)
_ALIASES = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "ascii", "x-unknown": "utf-8",
    "unknown-8bit": "utf-8", "default": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "windows-874": "cp874", "tis-620": "cp874",
    "shift_jis": "cp932", "x-sjis": "cp932", "iso-2022-jp": "iso2022_jp_ext", "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7", "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "iso-8859-9": "cp1254",
    "big5": "big5hkscs", "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "ansi": "cp1252",
}  # fmt: skip
_NOT_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}

_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?\r\n]*)\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(?==\?)")
_PLAIN_Q = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def printable(text: str) -> bool:
    """Whether text is printable ASCII only."""
    return text.isascii() and text.isprintable()


def encode_words(text: str) -> str:
    """Write any text as RFC 2047 words in UTF-8, separated by single spaces: Q or B, whichever is shorter."""
    refuse_breaks(text, "text of a header")
    raw = text.encode("utf-8")
    quoted = sum(1 if byte in _PLAIN_Q or byte == 32 else 3 for byte in raw) <= len(raw) * 4 / 3
    if len(raw) <= 36 and not quoted:
        return f"=?utf-8?b?{base64.b64encode(raw).decode()}?="
    if quoted and len(whole := _q(raw)) <= 48:
        return f"=?utf-8?q?{whole}?="
    words, chunk, width = [], b"", 0
    for sign in text:
        data = sign.encode("utf-8")
        cost = len(_q(data)) if quoted else len(data)
        if width + cost > (48 if quoted else 36):
            words.append(chunk)
            chunk, width = b"", 0
        chunk, width = chunk + data, width + cost
    words.append(chunk)
    if quoted:
        return " ".join(f"=?utf-8?q?{_q(word)}?=" for word in words)
    return " ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


def refuse_breaks(text: str, what: str) -> None:
    """Raise Invalid if text would break out of a header, or is no Unicode text at all."""
    if any(sign in text for sign in "\r\n\0"):
        raise Invalid(f"the {what} holds a line break or a NUL; leave it out: {text[:60]!r}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Invalid(f"the {what} holds half a character (a lone surrogate): {text[:60]!r}") from error


def decode_words(text: str) -> str:
    """Read RFC 2047 words in the text of a header; what is not one stays as it is."""
    if "=?" not in text:
        return text
    out: list[str] = []
    pending, charset, last = b"", "", 0
    joined = _BETWEEN.sub(r"\1", text)
    for match in _WORD.finditer(joined):
        between = joined[last : match.start()]
        if between or match[1].lower() != charset:  # words of one charset may split a character between them
            out += [decode(pending, charset), between]
            pending = b""
        charset, last = match[1].lower(), match.end()
        pending += _word_bytes(match[2], match[3], charset)
    return "".join([*out, decode(pending, charset), joined[last:]])


def decode(data: bytes, charset: str = "") -> str:
    """Read bytes as text: the declared charset if it fits, else UTF-8, else what they look like. Never raises."""
    name = charset.strip().strip("\"'").lower()
    for candidate in (_ALIASES.get(name, name), "utf-8"):
        try:
            if candidate and _is_charset(candidate):
                return data.decode(candidate)
        except (UnicodeError, LookupError, ValueError):
            continue
    import chardet  # seldom needed, and large

    guess = chardet.detect(data[:MAX_DETECT])["encoding"] or "cp1252"
    try:
        return data.decode(_ALIASES.get(guess.lower(), guess))
    except (UnicodeError, LookupError, ValueError):
        return data.decode("utf-8", "replace")


def decode_header(value: bytes) -> str:
    """Read the raw value of a header, unfolded (RFC 5322, 2.2.3), without reading its RFC 2047 words."""
    unfolded = re.sub(rb"\r?\n(?=[ \t])", b"", value).strip(b" \t\r\n")
    text = unfolded.decode("ascii") if unfolded.isascii() else decode(unfolded)
    return re.sub(r"[\r\n\0]", " ", text)


def _is_charset(name: str) -> bool:
    found = codecs.lookup(name)
    return found.name.replace("-", "_") not in _NOT_CHARSETS and getattr(found, "_is_text_encoding", True)


def _word_bytes(kind: str, text: str, charset: str) -> bytes:
    try:
        data = text.encode(_ALIASES.get(charset, charset))  # a word may hold raw 8-bit signs (Outlook 2000)
    except (UnicodeError, LookupError):
        data = text.encode("utf-8", "replace")
    if kind in "qQ":
        return quopri.decodestring(data, header=True)
    return lenient_base64(data)


def lenient_base64(data: bytes) -> bytes:
    """Read base64, leaving out what is not of its alphabet, and whatever is missing at its end."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        pass  # its padding is wrong, or something stands in it
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    clean = clean[: len(clean) - (len(clean) % 4 == 1)]
    try:
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
    except binascii.Error:
        return b""


def _q(data: bytes) -> str:
    return "".join(chr(byte) if byte in _PLAIN_Q else "_" if byte == 32 else f"={byte:02X}" for byte in data)
