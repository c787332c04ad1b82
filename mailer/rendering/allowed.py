"""What may a template say? Templates are code, so this is a list of what is allowed, never of what is forbidden.

The first of four layers: the syntax tree is read when a template is loaded, and whatever is not named here is refused
with its line. No assignment, macro, include or call; no `*`, `**`, `%` or `range`, by which ten characters fill a
machine; loops only over the lists we give, and one inside another at most. The other layers are the sandbox it is
compiled in, the child process it runs in, and the look at what came out.
"""

import re

from jinja2 import Environment, TemplateSyntaxError, nodes

from mailer.errors import Invalid

ROOTS = {
    "customer": "first_name, last_name, name, language",
    "rep": "name, first_name, title, hours, initials, colour, ink, face_url",
    "links": "human, unsubscribe, preferences, view, survey",
    "because": "the sentences that say why this customer gets it",
    "facts": "what we know: one field for each insight",
    "brand": "name, address, base_url",
    "topic": "name",
    "stakes": "routine, sensitive or critical",
    "subject": "of this letter",
    "preheader": "of this letter",
}
FILTERS = frozenset({
    "money", "date", "days", "number", "upper", "lower", "title", "capitalize", "default", "d", "join", "length",
    "count", "first", "last", "round", "trim", "e", "escape", "truncate",
})  # fmt: skip
TESTS = frozenset({"defined", "undefined", "odd", "even"})
DEPTH = 2  # of loops
_PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Add, nodes.Sub, nodes.Neg, nodes.Name,
    nodes.Getattr, nodes.Filter, nodes.Test, nodes.For, nodes.Keyword,
)  # fmt: skip
_SYNTAX = Environment(autoescape=True)  # it only parses
_RAW = re.compile(r"\{%[-+]?\s*raw\b")
_LOOP = frozenset({"index", "first", "last", "length"})


def check(source: str, what: str = "template") -> None:
    """Read `source` as Jinja and refuse whatever is not allowed.

    Raises:
        Invalid: it is no Jinja, or says something that is not allowed; the message has the line.
    """
    if _RAW.search(source):
        raise Invalid(f"{what}: raw blocks are not allowed; write the braces as &#123; and &#125;")
    try:
        tree = _SYNTAX.parse(source)
    except TemplateSyntaxError as error:
        raise Invalid(f"{what}, line {error.lineno}: {error.message}") from error
    _look(tree, what, frozenset(), 0)


def _look(node: nodes.Node, what: str, variables: frozenset[str], depth: int) -> None:
    if not isinstance(node, _PLAIN):
        raise Invalid(f"{what}, line {node.lineno}: {type(node).__name__.lower()} is not allowed in a template")
    if wrong := _wrong(node, variables, depth):
        raise Invalid(f"{what}, line {node.lineno}: {wrong}")
    if isinstance(node, nodes.For):
        _look(node.iter, what, variables, depth)
        inside = variables | {node.target.name, "loop"} if isinstance(node.target, nodes.Name) else variables
        for child in (*node.body, *node.else_):
            _look(child, what, inside, depth + 1)
        return
    for child in node.iter_child_nodes():
        _look(child, what, variables, depth)


def _wrong(node: nodes.Node, variables: frozenset[str], depth: int) -> str:
    """Return what is wrong with this one node, or nothing."""
    match node:
        case nodes.Name(name=name) if name not in ROOTS and name not in variables:
            return f"{name} is not known; there are {', '.join(ROOTS)}"
        case nodes.Getattr(attr=attr) if attr.startswith("_"):
            return f"{attr} is not a field"
        case nodes.Getattr(node=nodes.Name(name="loop"), attr=attr) if attr not in _LOOP:
            return f"loop.{attr} is not allowed; there are {', '.join(sorted(_LOOP))}"
        case nodes.Getattr(node=nodes.Name() | nodes.Getattr()):
            return ""
        case nodes.Getattr():
            return "a field belongs to a name, as customer.first_name"
        case nodes.Filter(name=name) if name not in FILTERS:
            return f"the filter {name} is not allowed; there are {', '.join(sorted(FILTERS))}"
        case nodes.Filter(dyn_args=args, dyn_kwargs=more) | nodes.Test(dyn_args=args, dyn_kwargs=more) if args or more:
            return "* and ** are not allowed"
        case nodes.Test(name=name) if name not in TESTS:
            return f"the test {name} is not allowed; there are {', '.join(sorted(TESTS))}"
        case nodes.For():
            return _wrong_loop(node, depth)
    return ""


def _wrong_loop(node: nodes.For, depth: int) -> str:
    match node.iter:
        case nodes.Name(name="because") | nodes.Getattr(node=nodes.Name(name="facts")):
            pass
        case _:
            return "a loop goes over because, or over a list in facts"
    if node.recursive or node.test:
        return "a loop is plain: no recursive, no if in its head"
    if not isinstance(node.target, nodes.Name) or node.target.name in ROOTS:
        return "a loop has one variable, with a name of its own"
    return f"loops are at most {DEPTH} deep" if depth >= DEPTH else ""
