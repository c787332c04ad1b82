"""Which tree do the blocks of a form make, and which blocks show a tree?

`told` shows any valid tree; `read` makes the tree again, or says beside which field what is wrong. What is only not
filled in yet is told apart from what is wrong, so that a question can be counted while it grows: unfinished blocks are
left out, and named.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mailer.errors import Invalid
from mailer.insights.insight import Type
from mailer.insights.layout import PROPERTIES
from mailer.segments import fields as known
from mailer.segments.criteria import FIXED, from_data
from mailer.segments.criteria import KINDS as DATA_KINDS
from mailer.segments.did import HOW
from mailer.segments.fields import ATTRIBUTES, CARRIED, FIELDS
from mailer.segments.operators import ALLOWED, NUMBERS, OPERATORS, TIMES, Takes
from mailer.web import segment_values as values
from mailer.web.segment_blocks import CONDITION, GROUPS, Block
from mailer.web.segment_values import Unfinished

MEMBER = Callable[[str], None]  # raises Invalid where no question may ask for this segment
AS = {"text": Type.TEXT, "number": Type.FLOAT, "date": Type.TIME}  # how something nobody declared is asked for
OFTEN = ("at_least", "at_most", "exactly", "between", "never")
EVERYBODY = "everybody"  # marks a group that is empty on purpose
_PLACE = re.compile(r"^criteria[^:]*?(?:, (where|then_where) (\d+))?[^:]*: (.*)$", re.DOTALL)


@dataclass(slots=True)
class Reading:
    """A form as it was understood: the tree of what is finished, and what is wrong or missing beside which field."""

    data: dict[str, Any] | None = None
    wrong: dict[str, str] = field(default_factory=dict)
    unfinished: dict[str, str] = field(default_factory=dict)

    @property
    def said(self) -> dict[str, str]:
        """What to say beside each field, when somebody wants to keep the form."""
        return {**self.unfinished, **self.wrong}


def kind_of(block: Block) -> Type:
    """Return the type of what a block of the kind `field`, or a condition, asks for."""
    name = block.get("field")
    if block.kind == CONDITION and name in PROPERTIES:
        return CARRIED[name].type
    if block.kind != CONDITION and name in FIELDS:
        return FIELDS[name].type
    return AS.get(block.get("as"), Type.TEXT)


def operators(block: Block) -> tuple[str, ...]:
    """Return how what a block asks for may be asked."""
    if block.kind == "when":
        return TIMES
    if block.get("often") in HOW:
        return NUMBERS
    kind = kind_of(block)
    if block.kind == CONDITION and kind is Type.TIME:
        return (*FIXED, "known", "unknown")
    return ALLOWED[kind]


def measured(block: Block) -> Type:
    """Return the type of the property that is added up."""
    return CARRIED[block.get("of")].type if block.get("of") in PROPERTIES else Type.FLOAT


# The tree as blocks


def told(data: Mapping[str, Any]) -> Block:
    """Return the form of a valid tree; its first block is a group."""
    block = _told(data)
    return block if block.kind in GROUPS else Block("all", parts=[block])


def _told(data: Mapping[str, Any]) -> Block:
    nots = 0
    while "not" in data:
        data, nots = data["not"], nots + 1
    key = next(each for each in DATA_KINDS if each in data)
    match key:
        case "all" | "any":
            block = Block(key, parts=[_told(part) for part in data[key]])
            if not block.parts:
                block.given[EVERYBODY] = "yes"
        case "field":
            block = _asked("field", data)
        case "segment":
            block = Block("segment", given={"segment": data["segment"]})
        case "share":
            percent, _ = values.write(Type.FLOAT, Takes.ONE, data["share"])
            block = Block("share", given={"percent": percent, "salt": _text(data.get("salt", ""))})
        case "consent":
            given = {"topic": _text(data["consent"]), "language": _text(data.get("language", ""))}
            block = Block("consent", given=given)
        case "in_conversation":
            block = Block("in_conversation")
        case "engaged":
            given = {"proof": data["engaged"], "campaign": _text(data.get("campaign", ""))}
            block = Block("engaged", given=given | _often(data) | _window(data, "within_days"))
        case "did":
            how = next((each for each in HOW if each in data), "")
            given = _measure(data, how) if how else _often(data)
            block = Block("did", given={"event": data["did"]} | given | _window(data, "within_days"))
        case "first" | "last":
            first, second = values.write(Type.TIME, OPERATORS[data["op"]].takes, data["value"])
            given = {"which": key, "event": data[key], "op": data["op"], "value": first, "value2": second}
            block = Block("when", given=given)
        case _:
            comes = "then" in data
            given = {"event": data["sequence"], "other": data["then" if comes else "then_not"]}
            given |= {"comes": "yes" if comes else "no", "after": str(data["within_days"])}
            block = Block("sequence", given=given | _window(data, "in_last_days"))
    block.nots = nots
    block.where = [_asked(CONDITION, each) for each in data.get("where", ())]
    block.then = [_asked(CONDITION, each) for each in data.get("then_where", ())]
    return block


def _asked(kind: str, data: Mapping[str, Any]) -> Block:
    find = known.carried if kind == CONDITION else known.field
    asked = find(data["field"], data.get("value"), data["op"])
    first, second = values.write(asked.type, OPERATORS[data["op"]].takes, data.get("value"))
    given = {"field": data["field"], "was": data["field"], "op": data["op"], "value": first, "value2": second}
    if asked.name not in (PROPERTIES if kind == CONDITION else FIELDS):
        given["as"] = next(name for name, each in AS.items() if each is asked.type)
    return Block(kind, given=given)


def _measure(data: Mapping[str, Any], how: str) -> dict[str, str]:
    kind = known.carried(data[how], 0).type
    first, second = values.write(kind, OPERATORS[data["op"]].takes, data["value"])
    return {"often": how, "of": data[how], "op": data["op"], "value": first, "value2": second}


def _often(data: Mapping[str, Any]) -> dict[str, str]:
    if data.get("at_most") == 0 and "at_least" not in data:
        return {"often": "never"}
    if "at_least" in data and "at_most" in data:
        return {"often": "between", "times": str(data["at_least"]), "times2": str(data["at_most"])}
    key = next((each for each in ("exactly", "at_most", "at_least") if each in data), "at_least")
    return {"often": key, "times": str(data.get(key, 1))}


def _window(data: Mapping[str, Any], key: str) -> dict[str, str]:
    if "between" in data:
        return {"window": "dates", "from": data["between"][0], "until": data["between"][1]}
    return {"window": "days", "days": str(data[key])} if key in data else {"window": "ever"}


def _text(text: str) -> str:
    return values.write(Type.TEXT, Takes.ONE, text)[0] if text else ""


# The blocks as a tree


def read(block: Block, member: MEMBER = lambda name: None) -> Reading:
    """Return the tree that the blocks make, as far as they are finished; each fault beside its field.

    Args:
        block: the whole question.
        member: raises Invalid for the name of a segment that may not be asked for.
    """
    reader = _Reader(member)
    data = reader.block(block, "1")
    if data is not None and not reader.found.wrong:
        try:
            reader.found.data = from_data(data).to_data()
        except Invalid as error:
            reader.found.wrong["node-1-kind"] = _plain(error)[2]
    elif data is not None:
        reader.found.data = _or_none(data)
    return reader.found


def _or_none(data: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return from_data(data).to_data()
    except Invalid:
        return None


class _Missing(Exception):
    """A field is wrong or empty; it was noted."""


class _Reader:
    """One reading of a form."""

    def __init__(self, member: MEMBER) -> None:
        self.found = Reading()
        self.member = member

    def block(self, block: Block, path: str) -> dict[str, Any] | None:
        """Return the data of a block; None if it is wrong or unfinished."""
        try:
            data = self.group(block, path) if block.kind in GROUPS else self.leaf(block, path)
        except _Missing:
            return None
        for _ in range(block.nots):
            data = {"not": data}
        return data

    def group(self, block: Block, path: str) -> dict[str, Any]:
        parts = [self.block(part, f"{path}-{n}") for n, part in enumerate(block.parts, 1)]
        finished = [part for part in parts if part is not None]
        if not finished and not (block.kind == "all" and not parts and block.get(EVERYBODY)):
            if not parts:
                first = "add a part: a question without any would be everybody"
                self.note(path, "kind", Unfinished(first if path == "1" else "add a part to this group, or remove it"))
            raise _Missing
        return {block.kind: finished}

    def leaf(self, block: Block, path: str) -> dict[str, Any]:
        ask = getattr(self, f"ask_{block.kind}", None)
        if ask is None:
            self.note(path, "kind", Unfinished("choose what to ask, or remove this part"))
            raise _Missing
        before = len(self.found.said)
        data: dict[str, Any] = ask(block, path)
        if block.where:
            data["where"] = self.conditions(block.where, f"{path}-where")
        if block.kind == "sequence" and block.then:
            data["then_where"] = self.conditions(block.then, f"{path}-then")
        if len(self.found.said) > before:
            raise _Missing
        try:
            from_data(data)
        except Invalid as error:
            which, place, said = _plain(error)
            at = f"{path}-{'then' if which == 'then_where' else 'where'}-{place}" if which else path
            self.note(at, _MAIN[CONDITION if which else block.kind], Invalid(said))
            raise _Missing from error
        return data

    def conditions(self, several: list[Block], path: str) -> list[dict[str, Any]]:
        found = []
        for n, each in enumerate(several, 1):
            try:
                found.append(self.ask_field(each, f"{path}-{n}"))
            except _Missing:
                continue
        return found

    def ask_field(self, block: Block, path: str) -> dict[str, Any]:
        name = self.given(block, path, "field", "choose a field" if block.kind == "field" else "choose a property")
        if block.kind == "field" and name not in FIELDS and not name.startswith(ATTRIBUTES):
            self.note(path, "field", Invalid(f"there is no field “{name[:40]}”; choose one from the list"))
            raise _Missing
        op = self.operator(block, path, operators(block))
        return self.with_value({"field": name, "op": op}, block, path, kind_of(block), OPERATORS[op].takes)

    def ask_did(self, block: Block, path: str) -> dict[str, Any]:
        data: dict[str, Any] = {"did": self.given(block, path, "event", "choose what they did")}
        how = block.get("often")
        if how in HOW:
            data[how] = self.given(block, path, "of", "choose the property to add up")
            data["op"] = self.operator(block, path, NUMBERS)
            takes = OPERATORS[data["op"]].takes
            data = self.with_value(data, block, path, measured(block), takes, average=how == "average")
        else:
            data |= self.often(block, path)
        return data | self.window(block, path, "within_days")

    def ask_engaged(self, block: Block, path: str) -> dict[str, Any]:
        data: dict[str, Any] = {"engaged": self.given(block, path, "proof", "choose what proves it")}
        if campaign := self.text(block, "campaign"):
            data["campaign"] = campaign
        return data | self.often(block, path) | self.window(block, path, "within_days")

    def ask_when(self, block: Block, path: str) -> dict[str, Any]:
        which = "first" if block.get("which") == "first" else "last"
        data: dict[str, Any] = {which: self.given(block, path, "event", "choose what they did")}
        data["op"] = self.operator(block, path, TIMES)
        return self.with_value(data, block, path, Type.TIME, OPERATORS[data["op"]].takes)

    def ask_sequence(self, block: Block, path: str) -> dict[str, Any]:
        data: dict[str, Any] = {"sequence": self.given(block, path, "event", "choose what came first")}
        follows = "then" if block.get("comes") == "yes" else "then_not"
        data[follows] = self.given(block, path, "other", "choose what followed, or did not")
        data["within_days"] = self.whole(block, path, "after")
        return data | self.window(block, path, "in_last_days")

    def ask_segment(self, block: Block, path: str) -> dict[str, Any]:
        name = self.given(block, path, "segment", "choose a segment")
        try:
            self.member(name)
        except Invalid as error:
            self.note(path, "segment", error)
            raise _Missing from error
        return {"segment": name}

    def ask_consent(self, block: Block, path: str) -> dict[str, Any]:
        data = {"consent": values.read(Type.TEXT, Takes.ONE, self.given(block, path, "topic", "choose a topic"), "")}
        language = self.text(block, "language")
        return data | ({"language": language} if language else {})

    def ask_in_conversation(self, block: Block, path: str) -> dict[str, Any]:
        return {"in_conversation": True}

    def ask_share(self, block: Block, path: str) -> dict[str, Any]:
        percent = self.tried(path, "percent", lambda: values.read(Type.FLOAT, Takes.ONE, block.get("percent"), ""))
        salt = self.text(block, "salt")
        return {"share": percent} | ({"salt": salt} if salt else {})

    def often(self, block: Block, path: str) -> dict[str, Any]:
        match block.get("often"):
            case "never":
                return {"at_most": 0}
            case "between":
                return {"at_least": self.whole(block, path, "times"), "at_most": self.whole(block, path, "times2")}
            case "at_most" | "exactly" as key:
                return {key: self.whole(block, path, "times")}
            case _:
                return {"at_least": self.whole(block, path, "times")}

    def window(self, block: Block, path: str, key: str) -> dict[str, Any]:
        match block.get("window"):
            case "days":
                return {key: self.whole(block, path, "days")}
            case "dates":
                days = [self.day(block, path, each) for each in ("from", "until")]
                if days[0] > days[1]:
                    self.note(path, "until", Invalid("the earlier day comes first"))
                    raise _Missing
                return {"between": days}
            case _:
                return {}

    def with_value(
        self, data: dict[str, Any], block: Block, path: str, kind: Type, takes: Takes, *, average: bool = False
    ) -> dict[str, Any]:
        if takes is Takes.NOTHING:
            return data
        at = (
            "value2"
            if takes is Takes.TWO and block.get("value").strip() and not block.get("value2").strip()
            else "value"
        )
        first, second = block.get("value"), block.get("value2")
        found = self.tried(path, at, lambda: values.read(kind, takes, first, second, average=average))
        return {**data, "value": found}

    def operator(self, block: Block, path: str, allowed: tuple[str, ...]) -> str:
        op = block.get("op")
        if op in allowed:
            return op
        known_op = OPERATORS.get(op)
        said = f"“{known_op.english}” does not fit here; choose another" if known_op else ""
        self.note(path, "op", Invalid(said) if said else Unfinished("choose how to ask"))
        raise _Missing

    def given(self, block: Block, path: str, name: str, otherwise: str) -> str:
        if not (found := block.get(name).strip()):
            self.note(path, name, Unfinished(otherwise))
            raise _Missing
        return found

    def text(self, block: Block, name: str) -> str:
        return str(values.read(Type.TEXT, Takes.ONE, block.get(name), "")) if block.get(name).strip() else ""

    def whole(self, block: Block, path: str, name: str) -> int:
        return int(self.tried(path, name, lambda: values.whole(block.get(name))))

    def day(self, block: Block, path: str, name: str) -> str:
        return str(self.tried(path, name, lambda: values.read(Type.TIME, Takes.ONE, block.get(name), "")))

    def tried(self, path: str, name: str, reading: Callable[[], Any]) -> Any:
        try:
            return reading()
        except Invalid as error:
            self.note(path, name, error)
            raise _Missing from error

    def note(self, path: str, name: str, error: Invalid) -> None:
        where = self.found.unfinished if isinstance(error, Unfinished) else self.found.wrong
        where[f"node-{path}-{name}"] = str(error)


_MAIN = {
    CONDITION: "value", "field": "value", "did": "event", "when": "event", "sequence": "event", "segment": "segment",
    "consent": "topic", "engaged": "proof", "share": "percent", "in_conversation": "kind",
}  # fmt: skip


def _plain(error: Invalid) -> tuple[str, str, str]:
    """Return which condition an error is about, if any, and what it says without the place."""
    match = _PLACE.match(str(error))
    return (match[1] or "", match[2] or "", match[3]) if match else ("", "", str(error))
