"""What do we know of customers? Each insight in plain words, how customers are spread over it, and who has none."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlmodel import col, select

from mailer.insights.insight import INSIGHTS, Insight, say
from mailer.insights.spread import freshness, reads, spread
from mailer.people.customer import Customer
from mailer.people.staff import Role
from mailer.segments.segment import Segment
from mailer.web import counted
from mailer.web.doors import staff_only
from mailer.web.exchange import house, session

pages = Blueprint("insights", __name__)

GROUPS = (
    "From their baskets",
    "From our emails, and what they answered",
    "Made of other insights",
    "Declared in this house",
)


@pages.get("/insights")
@staff_only(Role.MARKETER)
def listing() -> ResponseReturnValue:
    """List the insights, by what they are made of."""
    found = counted.insights()
    has = found.answer
    groups = [(title, [each for each in INSIGHTS.values() if _group(each) == title]) for title in GROUPS]
    used = _asked()
    return render_template("insights.html", groups=groups, has=has, customers=has[""], at=found.at, used=used)


@pages.get("/insights/<name>")
@staff_only(Role.MARKETER)
def one(name: str) -> ResponseReturnValue:
    """Show one: what it means, what it is made of, how customers are spread over it, who has none, who asks for it."""
    insight = INSIGHTS.get(name) or abort(404)
    warehouse = house().warehouse
    found = spread(warehouse, insight)
    made_of = [INSIGHTS[each] for each in reads(insight)]
    names = sorted(set(insight.names).union(*(_names(each) for each in made_of)))
    ids = [*found.without, *([found.some] if found.some else [])]
    people = {each.id: each for each in session().exec(select(Customer).where(col(Customer.id).in_(ids)))}
    return render_template(
        "insight.html",
        insight=insight,
        spread=found,
        made_of=made_of,
        names=names,
        fresh=freshness(warehouse, names),
        without=[people[each] for each in found.without if each in people],
        example=people.get(found.some),
        said=_said(insight, found.some),
        used=_asked().get(name, []),
    )


def _group(insight: Insight) -> str:
    """Say what it is made of, in the words of a shop."""
    if insight.source:
        return GROUPS[3]
    return GROUPS[2] if not insight.names else GROUPS[0] if "basket" in insight.names else GROUPS[1]


def _names(insight: Insight) -> set[str]:
    """Return the names of the events that an insight is made of, however far down."""
    return set(insight.names).union(*(_names(INSIGHTS[each]) for each in reads(insight)))


def _said(insight: Insight, customer_id: int | None) -> dict[str, str]:
    """Return what is said of this customer to a representative, and to themselves."""
    if customer_id is None:
        return {}
    facts = house().warehouse.facts([customer_id]).get(customer_id, {})
    return {"line": say(insight.line, facts), "because": say(insight.because, facts)}


def _asked() -> dict[str, list[tuple[str, str]]]:
    """Return for each field of customers the segments that ask for it, as (name, title)."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in session().exec(select(Segment).order_by(Segment.title)):
        for name in dict.fromkeys(_fields(each.criteria)):
            found.setdefault(name, []).append((each.name, each.title))
    return found


def _fields(data: Mapping[str, Any]) -> list[str]:
    inside = [*data.get("all", []), *data.get("any", []), *([data["not"]] if "not" in data else [])]
    return [*([data["field"]] if "field" in data else []), *(name for part in inside for name in _fields(part))]
