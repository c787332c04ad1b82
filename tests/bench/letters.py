"""How many letters a second become the bytes that leave, on one core?

    python -m tests.bench letters [--messages 1000] [--rounds 3] [--json]

A personal letter of about 20 kB on the wire: three conditions, a loop of five counted links, links and facts that
differ in every letter, the headers of a list. Nothing is sent. Round by round, side by side:

    compiled   pieces encoded once a template version (rendering.pressing), headers by mail.compose
    press      the same, asked of a child process of the press: JSON there, frames back
    slow       Jinja's own generator, then every line encoded: what unusual templates get
    library    Jinja, compiled once, then email.message.EmailMessage and its bytes: what one writes first
    rsa, …     the signatures alone of the compiled letter, and what is left of the rate with them

A rate is letters to a second of CPU, of this process and its children together: neighbours on the machine change it
little. The median of the rounds counts.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from jinja2 import Environment

from mailer.mail import dkim, tokens
from mailer.mail.compose import Letter, Party, Pressed, compose
from mailer.mail.tokens import Signer
from mailer.rendering.inline import inline
from mailer.rendering.links import Links
from mailer.rendering.page import text_of
from mailer.rendering.press import Press, Sheet
from mailer.rendering.pressing import press, slowly

BASE = "https://mail.example.com"
SIGNER = Signer(b"k" * 32)
NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
SUBJECT = "{{ customer.first_name|default('Hello') }}, your {{ facts.department }} basket is waiting"
WORDS = "Fresh from the fields this week, chosen with what you like in mind, and kept for you until Sunday evening. "
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{ subject }}</title><style>
 td { font-family: 'Segoe UI', Helvetica, Arial, sans-serif; font-size: 15px; line-height: 22px; color: #4a4f48; }
 a { color: #1d4f3f; } p { margin: 0 0 18px 0; }
 .button { background-color: #1d4f3f; border-radius: 10px; padding: 12px 20px; color: #ffffff; }
</style></head><body>
<div style="display: none">{{ preheader }}</div>
<table role="presentation" width="100%"><tr><td>
<h1>Dear {{ customer.first_name|default('customer') }},</h1>
{% if facts.years %}<p>Thank you for {{ facts.years }} years with {{ brand.name }}.</p>{% endif %}
<p>Your last basket was on {{ facts.last_basket_at|date }}, worth {{ facts.spend|money }}.</p>
{% if facts.days > 20 %}<p>That is {{ facts.days|days }} ago; we missed you.</p>{% else %}<p>So soon!</p>{% endif %}
<table role="presentation">{% for item in facts.wares %}
<tr><td><a href="{{ item.link }}">{{ item.name }}</a></td><td>{{ item.cents|money }}</td>
<td>WORDS</td></tr>{% endfor %}
</table>
BODY
{% if rep.title %}<p>{{ rep.name }}, {{ rep.title }}</p>{% endif %}
<p><a class="button" href="{{ links.human }}">Talk to {{ rep.first_name }}</a></p>
<ul>{% for sentence in because %}<li>{{ sentence }}</li>{% endfor %}</ul>
<p><a href="{{ links.preferences }}">Choose what we write about</a> &middot;
<a href="{{ links.unsubscribe }}">Unsubscribe</a> &middot; <a href="{{ links.view }}">Read in the browser</a></p>
<p>{{ brand.name }}, {{ brand.address }}</p>
</td></tr></table></body></html>
""".replace("BODY", f"<p>{WORDS * 3}</p>\n" * 18).replace("WORDS", WORDS)  # fmt: skip
NAMES = ("Ann", "Zoë", "Søren", "李", "Maria", "Jean-Luc", "Ольга", "Bo")


def context(number: int) -> dict[str, Any]:
    """Return what letter `number` may see."""
    wares = [
        {"name": f"Thing {ware}", "cents": 199 + ware % 977, "link": f"https://shop.example.com/ware/{ware}"}
        for ware in range(number * 7, number * 7 + 5)
    ]
    return {
        "customer": {"first_name": NAMES[number % 8], "last_name": f"Baker {number}", "language": "en"},
        "rep": {"name": "Maria Lindqvist", "first_name": "Maria", "title": "Customer care", "hours": "9 to 17"},
        "links": Links.of(BASE, SIGNER, number, clicks=True).to_data(),
        "because": [f"Your last basket was {number % 60} days ago; usually you come every {number % 13} days."],
        "facts": {
            "department": "Produce", "years": number % 5, "days": number % 60, "wares": wares,
            "last_basket_at": f"2026-02-{number % 28 + 1:02}", "spend": 1000 + number % 4999,
        },
        "brand": {"name": "Harvest Lane", "address": "12 Market Street", "base_url": BASE},
        "topic": {"name": "Offers"},
    }  # fmt: skip


def finished(letter: Letter | Pressed, number: int, links: dict[str, str]) -> bytes:
    """Return the email: the letter under its headers."""
    reply = tokens.reply_address(SIGNER, number, "reply.example.com")
    return compose(
        letter,
        sender=Party("Maria Lindqvist", "maria@example.com"),
        to=f"customer{number}@example.net",
        message_id=f"run-7.{number}@example.com",
        dated_at=NOW,
        reply_to=Party("Maria Lindqvist", reply),
        headers={
            "List-Unsubscribe": f"<{links['unsubscribe']}>, <mailto:{reply}?subject=unsubscribe>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": "<1.example.com>",
            "Feedback-ID": "7:1:campaign:lifeline",
            "Auto-Submitted": "auto-generated",
        },
    )


def rate(act: Callable[[], int]) -> float:
    """Return how many are done to a second of CPU, children included."""
    began = _cpu()
    count = act()
    return count / (_cpu() - began)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print."""
    options = argparse.ArgumentParser(prog="python -m tests.bench letters", description=(__doc__ or "").split("\n")[0])
    options.add_argument("--messages", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    given = options.parse_args(arguments)
    found = measure(given.messages, given.rounds)
    if given.json:
        print(json.dumps(found))
        return
    print(f"{found['bytes']:,} bytes a letter; to a second of CPU:")
    for name, value in found["per_second"].items():
        print(f"  {name:<18}{value:>10,.0f}")


def measure(messages: int, rounds: int) -> dict[str, Any]:
    """Return the size of a letter, and the median rates."""
    html = inline(PAGE)
    seen = [context(number) for number in range(1, messages + 1)]
    template = Environment(autoescape=False), Environment(autoescape=True)
    for environment in template:
        environment.filters |= {"money": "{:,}".format, "date": str, "days": "{} days".format}
    subject, page = template[0].from_string(SUBJECT), template[1].from_string(html)
    few = seen[: max(20, messages // 10)]

    def compiled() -> int:
        for number, data in enumerate(seen):
            finished(press(SUBJECT, "Yours", html, data), number, data["links"])
        return len(seen)

    def slow() -> int:
        for number, data in enumerate(few):
            finished(slowly(SUBJECT, "Yours", html, data), number, data["links"])
        return len(few)

    def in_press() -> int:
        pressing = Press()
        pressing.press([Sheet(SUBJECT, "Yours", html, seen[0])])  # a child takes half a second of CPU to start
        began = time.process_time()
        child = pressing._workers.queue[-1]._child._process
        assert child is not None
        before = _ticks(child.pid)
        for start in range(0, len(seen), 200):
            for number, letter in enumerate(
                pressing.press([Sheet(SUBJECT, "Yours", html, data) for data in seen[start : start + 200]]), start
            ):
                assert isinstance(letter, Pressed)
                finished(letter, number, seen[number]["links"])
        used.append(time.process_time() - began + _ticks(child.pid) - before)
        pressing.close()
        return len(seen)

    def library() -> int:
        for number, data in enumerate(few):
            message = EmailMessage()
            message["From"] = "Maria Lindqvist <maria@example.com>"
            message["To"] = f"customer{number}@example.net"
            message["Subject"] = subject.render(data)
            message["Message-ID"] = f"<run-7.{number}@example.com>"
            message["List-Unsubscribe"] = f"<{data['links']['unsubscribe']}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            written = page.render(data, subject=message["Subject"], preheader="Yours")
            message.set_content(text_of(written))
            message.add_alternative(written, subtype="html")
            message.as_bytes(policy=SMTP)
        return len(few)

    raw = finished(press(SUBJECT, "Yours", html, seen[0]), 1, seen[0]["links"])
    rsa, ed25519 = (dkim.Key("example.com", kind, dkim.load_key(dkim.new_key(kind))) for kind in ("rsa", "ed25519"))
    signed = {"rsa": [rsa], "ed25519": [ed25519], "both": [rsa, ed25519]}

    def signing(keys: list[dkim.Key]) -> int:
        for _ in few:
            dkim.sign(raw, keys)
        return len(few)

    used: list[float] = []
    rates: dict[str, list[float]] = {}
    for _ in range(rounds):
        for act in (compiled, slow, library):
            rates.setdefault(act.__name__, []).append(rate(act))
        rates.setdefault("press", []).append(in_press() / used.pop())
        for name, keys in signed.items():
            rates.setdefault(f"sign {name}", []).append(rate(lambda keys=keys: signing(keys)))  # type: ignore[misc]
    medians = {name: statistics.median(values) for name, values in rates.items()}
    for name in signed:
        medians[f"compiled, {name}"] = 1 / (1 / medians["compiled"] + 1 / medians[f"sign {name}"])
    return {
        "messages": messages,
        "bytes": len(raw),
        "per_second": {name: round(value) for name, value in medians.items()},
        "compiled_to_library": round(medians["compiled"] / medians["library"], 1),
        "compiled_to_slow": round(medians["compiled"] / medians["slow"], 1),
    }


def _ticks(pid: int) -> float:
    """Return the CPU seconds of a running child (Linux)."""
    import os
    from pathlib import Path

    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
