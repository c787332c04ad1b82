"""What stands in each list of the form? Only what fits there; and what was chosen before, even if it is gone.

A list that leaves out what stands in the form would change it behind the marketer's back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mailer.insights.layout import PROPERTIES
from mailer.segments.fields import FIELDS
from mailer.segments.operators import OPERATORS
from mailer.web.segment_blocks import CONDITION, Block, of_group
from mailer.web.segment_form import Reading, kind_of, measured, operators
from mailer.web.segment_offer import SHORT, TYPES, Offer

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Choices:
    """The lists of one form."""

    offered: Offer
    reading: Reading

    def for_page(self) -> dict[str, Any]:
        """Return the lists by the names that the page knows them by."""
        return {
            "options_of": self.operators, "field_options": self.fields, "event_options": self.events,
            "property_options": self.properties, "number_options": self.numbers, "segment_options": self.segments,
            "topic_options": self.topics, "group_options": groups, "offer_group": of_group,
            "type_of": lambda block: TYPES[str(kind_of(block))],
            "measured_of": lambda block: TYPES[str(measured(block))],
            "undeclared": lambda block: block.get("field") not in (PROPERTIES if block.kind == CONDITION else FIELDS),
            "is_wrong": lambda path: any(name.startswith(f"node-{path}-") for name in self.reading.wrong),
        }  # fmt: skip

    def operators(self, block: Block) -> Options:
        """Return how what a block asks for may be asked, in words."""
        return _with([(op, SHORT.get(op) or OPERATORS[op].english) for op in operators(block)], block.get("op"))

    def fields(self, chosen: str) -> list[tuple[str, Options]]:
        """Return the fields of customers under their headings."""
        groups: list[tuple[str, Options]] = [(head, _labelled(several)) for head, several in self.offered.groups()]
        known = {name for _, several in groups for name, _ in several}
        return groups if not chosen or chosen in known else [*groups, ("Not known any more", [(chosen, chosen)])]

    def events(self, chosen: str) -> Options:
        """Return the events, the most frequent first."""
        return _with([(name, name.replace("_", " ")) for name in self.offered.events], chosen)

    def properties(self, event: str, chosen: str) -> Options:
        """Return what events of a name carry."""
        return _with(_labelled(self.offered.properties(event).values()), chosen)

    def numbers(self, event: str, chosen: str) -> Options:
        """Return what of it can be added up."""
        return _with(_labelled(self.offered.numbers(event)), chosen) or [("", "no number to add up")]

    def segments(self, chosen: str) -> Options:
        """Return the segments."""
        return _with([(each["name"], each["title"]) for each in self.offered.segments], chosen)

    def topics(self, chosen: str) -> Options:
        """Return the topics."""
        return [("", "choose a topic"), *_with([(each["id"], each["name"]) for each in self.offered.topics], chosen)]


def groups(block: Block) -> Options:
    """Return how many parts of a group may have to hold."""
    known = [
        ("all", "all of these"),
        ("any", "any of these"),
        ("not-all", "not all of these"),
        ("not-any", "none of these"),
    ]
    if block.nots > 1:
        known.append((of_group(block), f"{'not ' * block.nots}{block.kind} of these"))
    return known


def _labelled(several: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(each["name"], each["label"]) for each in several]


def _with(options: Options, chosen: str) -> Options:
    """Return the options, and what was chosen if it is none of them."""
    return options if not chosen or any(chosen == option for option, _ in options) else [*options, (chosen, chosen)]
