"""How is something read that was told as JSON: a property of an event, an attribute of a customer?

As what it is asked for. A value of another type is as if it had not been told: nothing that a sender writes stops a
fold or a question.
"""

from typing import Any

from mailer.insights.insight import COLUMN, Type
from mailer.late import ibis

ISO_DATE = r"^\d{4}-\d{2}-\d{2}"


def told(document: Any, name: str, kind: Type) -> Any:
    """Return what a column of JSON tells by this name; a time is the date it begins with."""
    inside = document.try_cast("json")[name]
    text = inside.cast("string").nullif("null")
    match kind:
        case Type.TEXT:
            return inside.str.coalesce(text)
        case Type.TIME:
            return ibis.ifelse(inside.str.re_search(ISO_DATE), inside.str[:10].try_cast("date"), ibis.null("date"))
        case _:
            return text.try_cast(COLUMN[kind])


def carried(events: Any, name: str, kind: Type) -> Any:
    """Return a property of events: from its own column, if it has one."""
    return events[name] if name in events.columns else told(events.properties, name, kind)
