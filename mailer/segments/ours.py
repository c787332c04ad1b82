"""What is between them and us? Consent, a conversation, and what a human being did with our emails.

    {"consent": "offers"}   {"consent": "offers", "language": "de"}
    {"in_conversation": true}                                          its opposite, `not`, keeps automation away
    {"engaged": "any", "campaign": "win-back", "within_days": 90}      also at_least, at_most, exactly, between

All three are read from events of our own (see pipeline.record), as of the last fold: they choose whom a campaign is
for. Whether an email may leave is asked of the truth, by the gate, at the last moment.

**Proven by a human.** Programs open emails, follow their links and even press what they find, so an open or a click
proves nothing by itself and is no event. What proves that a human being read an email of ours is an act that no program
performs: a reply with words of their own ("replied"), a visit of the page behind the human link that ended in words or
in the wish to be called ("wrote", "asked_for_call"), or an answer to whether the email felt understood
("felt_understood"). These are what `engaged` counts: "reply" the first, "page" the next two, "survey" the last, "any"
all of them. "click" counts the emails of which they followed a link as well, as far as such an act proves that it was
they who did ("clicked", see delivery.hits): some of the human clicks, and none of a machine's.
"""

import typing
from dataclasses import dataclass

from mailer.insights.insight import Type, amount
from mailer.insights.layout import Tables
from mailer.insights.library import HUMAN_ACTS
from mailer.late import ibis
from mailer.segments.did import Did, such
from mailer.segments.known import Where
from mailer.segments.moment import Moment
from mailer.segments.tree import Among

GIVEN, WITHDRAWN = "consent_given", "unsubscribed"
TALK_OPENED, TALK_ENDED = "conversation_opened", "conversation_ended"
DECISIONS, TALKS = (GIVEN, WITHDRAWN), (TALK_OPENED, TALK_ENDED)
PROOFS: dict[str, tuple[str, ...]] = {
    "any": HUMAN_ACTS,
    "reply": ("replied",),
    "page": ("wrote", "asked_for_call"),
    "survey": ("felt_understood",),
    "click": ("clicked",),
}
_ACTS = {
    "any": "answered an email of ours",
    "reply": "replied to an email of ours",
    "page": "wrote or asked for a call on the page behind an email of ours",
    "survey": "told us whether an email of ours felt understood",
    "click": "followed a link of an email of ours (proven by a human)",
}


@dataclass(frozen=True, slots=True)
class Engaged(Did):
    """They did something with our emails that only a human being does; `event` is one of PROOFS."""

    campaign: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The acts that prove it."""
        return PROOFS[self.event]

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"engaged": …, "campaign": …, "at_least": …, "within_days": …}, without what was not asked."""
        data = {"engaged": self.event} | ({"campaign": self.campaign} if self.campaign else {})
        return data | self.often() | self.window_data()

    @property
    def conditions(self) -> tuple[Where, ...]:
        """The campaign is one."""
        of = (Where("campaign", "is", self.campaign),) if self.campaign else ()
        return (*self.where, *of)

    @property
    def noun(self) -> str:
        """The word for one act."""
        return "time"

    def _said(self, times: str) -> str:
        about = f" of the campaign {self.campaign}" if self.campaign else ""
        return f"who {_ACTS[self.event]}{about} {times or 'not once'} {self.window}{self.properties}"

    def said(self, times: int) -> str:
        """Say how often they did."""
        about = f" of the campaign {self.campaign}" if self.campaign else ""
        said = f"{_ACTS[self.event]}{about} {amount(Type.INT, 'time', times) if times else 'not once'} {self.window}"
        return said.removesuffix(" ever")


@dataclass(frozen=True, slots=True)
class Consents(Among):
    """They agreed to a topic and did not withdraw it since; of a language, if one is given."""

    topic: str
    language: str = ""

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"consent": …, "language": …}."""
        return {"consent": self.topic} | ({"language": self.language} if self.language else {})

    def clause(self) -> str:
        """Name the topic."""
        return f"who agreed to the topic {self.topic}{f' and read {self.language}' if self.language else ''}"

    @property
    def conditions(self) -> tuple[Where, ...]:
        """A decision is about the topic."""
        return (Where("topic", "is", self.topic),)

    def decisions(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return a table of customer_id, the newest decision about the topic, and when it was made."""
        told = such(tables, moment, DECISIONS, self.conditions)
        order = ibis.window(group_by="customer_id", order_by=[ibis.desc("at"), ibis.desc("id")])
        newest = told.select("customer_id", "id", "at", decision="name").mutate(place=ibis.row_number().over(order))
        return newest.filter(newest.place == 0).select("customer_id", "decision", "at")

    def among(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return those whose newest decision is yes."""
        newest = self.decisions(tables, moment)
        agreed = newest.filter(newest.decision == GIVEN)
        if not self.language:
            return agreed
        reads = tables.insights.filter(Where("language", "is", self.language).holds(tables, moment))
        return agreed.semi_join(reads, "customer_id")


@dataclass(frozen=True, slots=True)
class Talking(Among):
    """A person is talking with them: a conversation is open, or waits for their answer."""

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"in_conversation": true}."""
        return {"in_conversation": True}

    def clause(self) -> str:
        """Say that they are."""
        return "who are in a conversation with us"

    def denied(self) -> str:
        """Say that they are not."""
        return "who are not in a conversation with us"

    def among(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return those with whom more conversations were opened than ended."""
        told = such(tables, moment, TALKS, ())
        one = ibis.ifelse(told["name"] == TALK_OPENED, 1, -1)
        counted = told.group_by("customer_id").aggregate(talks=one.sum())
        return counted.filter(counted.talks > 0)
