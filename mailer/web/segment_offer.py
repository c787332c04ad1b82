"""What does the form of a segment offer? The catalogue, with words for each kind of block.

What is learned of the data is kept for a while (`catalogue.Kept`), so that a form is there at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlmodel import Session

from mailer.insights.insight import many
from mailer.segments.catalogue import Kept, named
from mailer.segments.fields import ATTRIBUTES
from mailer.segments.operators import OPERATORS, Takes
from mailer.web.exchange import house
from mailer.web.segment_blocks import CONDITION, Block
from mailer.web.segment_form import kind_of, operators

KINDS = (  # what can be added: kind, words, what it is good for
    ("field", "What we know", "an insight or an attribute: the last basket, the language"),
    ("did", "What they did", "how often, how much, in which days"),
    ("any", "A group", "parts of which all, any or none hold"),
    ("when", "First or last time", "when they first or last did something"),
    ("sequence", "One after another", "they did this, and then that, or not"),
    ("segment", "Another segment", "who is in it, or is not"),
    ("in_conversation", "Conversation", "a person is talking with them"),
    ("consent", "Consent", "they agreed to a topic"),
    ("engaged", "Answered our emails", "proven by a human: a reply, the human page, a survey"),
    ("share", "A random share", "the same customers each time"),
)
FIRST = 3  # of these are always in view
TYPES = {"int": "number", "float": "number", "money": "money", "text": "text", "time": "date"}
AS = {"int": "number", "float": "number", "money": "number", "text": "text", "time": "date"}
OFTEN = (
    ("at_least", "at least"), ("at_most", "at most"), ("exactly", "exactly"), ("between", "between"),
    ("never", "never"), ("sum", "with a total of"), ("average", "with an average of"), ("min", "with the lowest"),
    ("max", "with the highest"),
)  # fmt: skip
PROOFS = (
    ("any", "answered an email of ours in any way"), ("reply", "replied to an email"),
    ("page", "wrote or asked for a call on the human page"), ("survey", "told whether an email felt understood"),
)  # fmt: skip
SHORT = {"is": "is", "is_not": "is not", "more_than": "more than", "at_least": "at least", "less_than": "less than",
         "at_most": "at most"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be chosen, by name."""

    fields: Mapping[str, Mapping[str, Any]]
    events: Mapping[str, Mapping[str, Any]]
    segments: list[dict[str, str]]
    topics: list[dict[str, str]]
    languages: list[str]

    def groups(self) -> Iterable[tuple[str, list[Mapping[str, Any]]]]:
        """Give the fields under headings."""
        every = list(self.fields.values())
        yield "From what they did", [each for each in every if each["insight"]]
        yield "Attributes", [each for each in every if each["name"].startswith(ATTRIBUTES)]
        yield "About them", [each for each in every if not each["insight"] and not each["name"].startswith(ATTRIBUTES)]

    def properties(self, event: str) -> Mapping[str, Mapping[str, Any]]:
        """Return what events of a name carry; of a name nobody knows, nothing."""
        return {each["name"]: each for each in self.events.get(event, {}).get("properties", ())}

    def numbers(self, event: str) -> list[Mapping[str, Any]]:
        """Return those that can be added up."""
        return [each for each in self.properties(event).values() if each["type"] in ("int", "float", "money")]


def offer(session: Session) -> Offer:
    """Return what the form offers now."""
    kept: Kept = current_app.extensions.setdefault("catalogue", Kept(house().warehouse))
    known, names = kept.get(), named(session)
    fields = {each["name"]: each for each in known["fields"]}
    events = {each["name"]: each for each in known["events"]}
    languages = [str(each) for each in fields.get("language", {}).get("examples", ())]
    return Offer(fields, events, names["segments"], names["topics"], languages)


def fit(block: Block, offered: Offer) -> None:
    """Let each block follow what was chosen in it: another field has another type, and other ways to be asked."""
    for _, each in block.walk():
        for several in (each.where, each.then):
            for condition in several:
                event = each.get("other") if several is each.then else each.get("event")
                _fit(condition, offered.properties(event))
        if each.kind == "field":
            _fit(each, offered.fields)
        elif each.kind == "did" and each.get("often") in ("sum", "min", "max", "average"):
            numbers = [one["name"] for one in offered.numbers(each.get("event"))]
            if not each.get("of") and numbers:
                each.given["of"] = numbers[0]
            _fit_operator(each, "at_least")
        elif each.kind == "when":
            _fit_operator(each, "in_last_days")


def _fit(block: Block, known: Mapping[str, Mapping[str, Any]]) -> None:
    name = block.get("field")
    if not name:
        return
    if block.get("was") != name:
        block.given.pop("as", None)
    if "as" not in block.given and name in known:
        block.given["as"] = AS[known[name]["type"]]
    block.given["was"] = name
    kind = TYPES[str(kind_of(block))]
    day = "on" if block.kind == CONDITION else "in_last_days"
    _fit_operator(block, {"text": "is", "date": day}.get(kind, "at_least"))


def _fit_operator(block: Block, usual: str) -> None:
    if block.get("op") not in operators(block):
        block.given["op"] = usual


def takes(block: Block) -> Takes:
    """Return what the chosen operator takes; before one is chosen, one value."""
    found = OPERATORS.get(block.get("op"))
    return found.takes if found else Takes.ONE


def unit_of(known: Mapping[str, Any] | None) -> str:
    """Return the word behind a number: "days"."""
    return many(known["unit"]) if known and known.get("unit") else ""


def said_of(known: Mapping[str, Any] | None) -> str:
    """Say what a field means and what was seen of it."""
    if not known:
        return ""
    seen = ""
    if known.get("span"):
        seen = "Seen: {} to {}.".format(*known["span"])
    elif known.get("examples"):
        seen = f"As: {', '.join(str(each) for each in known['examples'][:4])}."
    return f"{known.get('meaning', '')} {seen}".strip()
