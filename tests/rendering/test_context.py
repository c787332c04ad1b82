import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from mailer.mail.tokens import Purpose, Signer
from mailer.rendering.allowed import ROOTS
from mailer.rendering.context import plain
from mailer.rendering.links import Links

Seen = Callable[..., dict[str, Any]]


def test_a_context_is_json_and_comes_back_the_same(seen: Seen) -> None:
    made = seen()
    assert json.loads(json.dumps(made)) == made
    assert made["facts"]["last_basket_at"] == "2026-02-13T23:30:00+00:00"


def test_a_template_can_name_everything_in_it(seen: Seen) -> None:
    made = seen()
    assert set(made) <= set(ROOTS)
    for name in ("customer", "rep", "links", "brand", "topic"):
        named = {word.strip() for word in ROOTS[name].split(",")}
        assert named <= set(made[name])


def test_what_is_unknown_is_left_out(seen: Seen) -> None:
    assert seen(facts={"a": None, "b": 0})["facts"] == {"b": 0}


def test_values_are_made_plain() -> None:
    assert plain({"a": Decimal("1.5"), "b": (date(2026, 3, 16), {"x"})}) == {"a": 1.5, "b": ["2026-03-16", ["x"]]}


def test_every_link_names_its_message_for_one_purpose_only() -> None:
    signer = Signer(b"k" * 32)
    links = Links.of("https://mail.example.com/", signer, 7, clicks=True, opens=True)
    for path, purpose in (
        ("h", Purpose.HUMAN), ("u", Purpose.UNSUBSCRIBE), ("p", Purpose.PREFERENCES), ("v", Purpose.VIEW),
        ("s", Purpose.SURVEY), ("c", Purpose.CLICK), ("o", Purpose.OPEN),
    ):  # fmt: skip
        address = links.to_data()[{"c": "click", "o": "open"}.get(path, purpose.value)]
        assert address.startswith(f"https://mail.example.com/{path}/")
        token = address.rpartition("/")[2].removesuffix(".gif")
        assert signer.read(purpose, token) == 7
        assert [each for each in Purpose if signer.read(each, token) is not None] == [purpose]


def test_what_is_not_counted_has_no_link(links: Links) -> None:
    assert not {"click", "open"} & set(links.to_data())
