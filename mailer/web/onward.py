"""Where does somebody go after a form? Back to the page of ours they came from, and never anywhere else."""

from urllib.parse import urlsplit

from flask import request


def inside(address: str) -> str:
    """Return `address` if it is one of our own pages, else nothing."""
    parts = urlsplit(address)
    plain = address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
    return address if plain and not parts.netloc and not parts.scheme else ""


def onward(otherwise: str) -> str:
    """Return the page the form named in `back`, or `otherwise`."""
    return inside(request.form.get("back", "")) or otherwise
