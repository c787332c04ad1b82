"""What is written down while the house runs?

Structured lines, one event each. Addresses and tokens never get in: values are scrubbed as the last step before a line
is written, so that no caller has to remember to.
"""

import hashlib
import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

from mailer.settings import Log

_ADDRESS = re.compile(r"[^\s<>\"'@,;:]+@[^\s<>\"'@,;:]+")
_TOKEN = re.compile(r"\b[a-z2-7]{30,}\b")


def scrub(text: str) -> str:
    """Replace every address by a short stable hash, so that lines can still be followed, and every token by a star."""
    hashed = _ADDRESS.sub(lambda found: f"address:{hashlib.sha256(found[0].lower().encode()).hexdigest()[:8]}", text)
    return _TOKEN.sub("*", hashed)


def start(given: Log) -> None:
    """Begin to log as the settings say."""
    level = getattr(logging, given.level.upper())
    last = (
        structlog.processors.JSONRenderer() if given.format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _scrubbed,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    logging.getLogger("waitress").setLevel(logging.ERROR)


def _scrubbed(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: scrub(value) if isinstance(value, str) else value for key, value in line.items()}
