"""What stands on the form of a segment? Blocks within blocks; every field has the path of its block.

    node-1-kind=all          node-1-1-kind=did       node-1-1-event=basket   node-1-1-where-1-field=department
    node-1-2-kind=not-any    node-1-2-1-kind=field   node-1-2-1-not=1

The first block is the whole question. A block of all or any holds others; one about events holds conditions (`where`,
and `then` of the event that follows). A block that is denied counts its nots. Buttons name what they do and the block
they do it to, "nest:1-2", so that a form without a script does all that one with a script does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailer.segments.criteria import DEEPEST

GROUPS = ("all", "any")
KINDS = (
    *GROUPS, "field", "did", "when", "sequence", "segment", "consent", "in_conversation", "engaged", "share",
)  # fmt: skip
CONDITION = "where"
MOST = 600  # blocks and conditions that are read; more than a question may have
_TOO_DEEP = DEEPEST + 4
_NOTS = 9
_LONG = 20_000  # letters of one field
_NAME = re.compile(r"node((?:-\d{1,4})+)(?:-(where|then)-(\d{1,4}))?-([a-z][a-z0-9]*)")

FRESH: Mapping[str, Mapping[str, str]] = {
    "did": {"often": "at_least", "times": "1", "window": "ever"},
    "when": {"which": "last"},
    "sequence": {"comes": "no", "window": "ever"},
    "engaged": {"proof": "any", "often": "at_least", "times": "1", "window": "ever"},
    "share": {"percent": "10"},
}


@dataclass(slots=True)
class Block:
    """One block of the form: filled in well or not."""

    kind: str
    nots: int = 0
    given: dict[str, str] = field(default_factory=dict)
    parts: list["Block"] = field(default_factory=list)
    where: list["Block"] = field(default_factory=list)
    then: list["Block"] = field(default_factory=list)

    def get(self, name: str) -> str:
        """Return what stands in a field; "" for nothing."""
        return self.given.get(name, "")

    def walk(self, path: str = "1") -> Iterator[tuple[str, "Block"]]:
        """Give this block and every one inside, conditions too, each with its path."""
        yield path, self
        for n, each in enumerate(self.where, 1):
            yield f"{path}-where-{n}", each
        for n, each in enumerate(self.then, 1):
            yield f"{path}-then-{n}", each
        for n, each in enumerate(self.parts, 1):
            yield from each.walk(f"{path}-{n}")


def fresh(kind: str) -> Block:
    """Return a new block of a kind, as it is added to a form."""
    return Block(kind, given=dict(FRESH.get(kind, {})))


def posted(form: Mapping[str, str]) -> Block:
    """Return the question as a browser sent it; what is no field of it is left alone."""
    found: dict[tuple[int, ...], Block] = {}
    conditions: dict[tuple[tuple[int, ...], str, int], Block] = {}
    for name, value in form.items():
        match = _NAME.fullmatch(name)
        if not match or len(found) + len(conditions) > MOST:
            continue
        path = tuple(int(each) for each in match[1][1:].split("-"))
        if path[0] != 1 or len(path) > _TOO_DEEP:
            continue
        if match[2]:
            block = conditions.setdefault((path, match[2], int(match[3])), Block(CONDITION))
        else:
            block = found.setdefault(path, Block(""))
        _take(block, match[4], value[:_LONG])
    for (path, which, _), block in sorted(conditions.items(), key=lambda each: each[0]):
        owner = found.setdefault(path, Block(""))
        (owner.where if which == "where" else owner.then).append(block)
    whole = found.pop((1,), Block("all"))
    whole.kind = whole.kind if whole.kind in GROUPS else "all"
    made: dict[tuple[int, ...], Block] = {(1,): whole}
    for path in sorted(found):
        for length in range(2, len(path)):
            if path[:length] not in made:
                made[path[:length]] = Block("all")
                made[path[: length - 1]].parts.append(made[path[:length]])
        made[path] = found[path]
        made[path[:-1]].parts.append(found[path])
    return whole


def fields(block: Block) -> dict[str, str]:
    """Return the fields a browser would send of this form."""
    sent: dict[str, str] = {}
    for path, each in block.walk():
        if each.kind != CONDITION:
            sent[f"node-{path}-kind"] = each.kind
            sent[f"node-{path}-not"] = str(each.nots)
        sent |= {f"node-{path}-{name}": value for name, value in each.given.items()}
    return sent


def _take(block: Block, name: str, value: str) -> None:
    if block.kind != CONDITION and name == "kind":
        while value.startswith("not-") and block.nots < _NOTS:
            value, block.nots = value.removeprefix("not-"), block.nots + 1
        block.kind = value if value in KINDS else ""
    elif block.kind != CONDITION and name == "not":
        block.nots += min(int(value), _NOTS) if re.fullmatch(r"\d{1,3}", value, re.ASCII) else 0
        block.nots = min(block.nots, _NOTS)
    else:
        block.given[name] = value


def act(whole: Block, pressed: str) -> str:
    """Do what a button says ("add-did:1-2", "up:1-3", "where:1-1", "unwhere:1-1-where-2"), and return where to go on.

    A button that means nothing here changes nothing.
    """
    what, _, path = pressed.partition(":")
    at = dict(whole.walk())
    block = at.get(path)
    if block is None:
        return ""
    if what.startswith("add-") and block.kind in GROUPS and (kind := what.removeprefix("add-")) in KINDS:
        if len(path.split("-")) < DEEPEST:
            block.parts.append(fresh(kind))
            return f"{path}-{len(block.parts)}"
        return path
    if what in ("where", "then") and block.kind not in (*GROUPS, CONDITION):
        several = block.where if what == "where" else block.then
        several.append(Block(CONDITION))
        return f"{path}-{what}-{len(several)}"
    *before, place = path.split("-")
    above, n = "-".join(before), int(place) - 1
    if what == "unwhere" and block.kind == CONDITION:
        owner = at["-".join(before[:-1])]
        (owner.where if before[-1] == "where" else owner.then).pop(n)
        return "-".join(before[:-1])
    if block.kind == CONDITION or not before:
        return path
    return _moved(at, what, block, above, n)


def _moved(at: Mapping[str, Block], what: str, block: Block, above: str, n: int) -> str:
    around, path = at[above].parts, f"{above}-{n + 1}"
    match what:
        case "remove":
            around.pop(n)
            return f"{above}-{min(n + 1, len(around))}" if around else above
        case "up" if n > 0:
            around[n - 1], around[n] = around[n], around[n - 1]
            return f"{above}-{n}"
        case "down" if n + 1 < len(around):
            around[n + 1], around[n] = around[n], around[n + 1]
            return f"{above}-{n + 2}"
        case "copy":
            around.insert(n + 1, _copy(block))
            return f"{above}-{n + 2}"
        case "nest" if len(path.split("-")) + _deep(block) <= DEEPEST:
            around[n] = Block("any" if at[above].kind == "all" else "all", parts=[block])
            return f"{path}-1"
        case "out" if "-" in above:
            higher, _, place = above.rpartition("-")
            around.pop(n)
            at[higher].parts.insert(int(place), block)
            return f"{higher}-{int(place) + 1}"
    return path


def _deep(block: Block) -> int:
    return 1 + max((_deep(each) for each in block.parts), default=0)


def _copy(block: Block) -> Block:
    inside = ([_copy(each) for each in several] for several in (block.parts, block.where, block.then))
    return Block(block.kind, block.nots, dict(block.given), *inside)


def of_group(block: Block) -> str:
    """Return a group's kind with its nots, as its field holds it: "not-any"."""
    return "not-" * block.nots + block.kind
