"""How does a template become a function that only puts pieces together?

Its syntax tree is walked once and written as flat Python: no generator, no context, no look-up of what is known, and
every constant already as it will leave. Only what `allowed` names is written so, with the same filters, the same
missing fields and the same sandbox behind each dot; names and words of a template never become words of the program.
What this module is not sure about it refuses (`Unsure`), and the letter is written by Jinja itself, to the same
meaning: it is a way to be fast, and decides nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import nodes
from jinja2.nodes import EvalContext
from jinja2.runtime import LoopContext, markup_join, str_join

from mailer.errors import Invalid
from mailer.rendering import allowed
from mailer.rendering.sandbox import LINE, PAGE, Sandbox
from mailer.rendering.values import (
    AT_ADDRESS,
    Seen,
    Unsure,
    as_read,
    constant,
    field,
    root,
    written_address,
    written_value,
)

__all__ = ["Unsure", "Write", "line", "page"]

Write = Callable[[Mapping[str, Any]], list[Any]]  # frozen data -> pieces

_COMPARED = {
    "eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "in": "in", "notin": "not in",
}  # fmt: skip


def page(source: str, language: str) -> Write:
    """Return the function that writes HTML as quoted-printable pieces (see `mail.transfer`), its values escaped.

    Raises:
        Unsure: the template holds something that only Jinja writes.
    """
    return _Program(PAGE, language, constant, "value", "address").compiled(source)


def line(source: str, language: str, constant: Callable[[str], tuple[Any, ...]] = lambda text: (text,)) -> Write:
    """Return the function that writes text, as text; its constants are what `constant` makes of them.

    Raises:
        Unsure: the template holds something that only Jinja writes.
    """
    return _Program(LINE, language, constant, "str", "str").compiled(source)


class _Program:
    """One function on its way: its lines, what they name, and the constant that is still growing."""

    def __init__(
        self, sandbox: Sandbox, language: str, constant: Callable[[str], tuple[Any, ...]], value: str, address: str
    ) -> None:
        self._sandbox = sandbox
        self._language = language
        self._constant = constant
        self._says = (value, address)
        self._names: dict[str, Any] = {
            "root": root, "field": field, "value": written_value, "address": written_address, "Loop": LoopContext,
            "undefined": sandbox.undefined, "joined": markup_join if sandbox.autoescape else str_join,
            "settled": EvalContext(sandbox), "sandbox": sandbox, "str": str,
            "__builtins__": {},
        }  # fmt: skip
        self._lines: list[str] = []
        self._roots: dict[str, str] = {}
        self._text = ""  # a constant that is still growing
        self._run: list[str] = []  # pieces without a statement between them
        self._depth = 1

    def compiled(self, source: str) -> Write:
        """Return the function `source` says."""
        try:
            allowed.check(source)
        except Invalid as error:
            raise Unsure(str(error)) from error
        self._body(self._sandbox.parse(source).body, {})
        seen = self._kept(lambda data: Seen(data, self._language, self._sandbox))
        head = [f" {name} = root(data, {self._kept(known)})" for known, name in self._roots.items()]
        program = "\n".join(
            ["def write(data):", " out = []", f" seen = {seen}(data)", *head, *self._lines, " return out"]
        )
        exec(compile(program, "<letter>", "exec"), self._names)  # noqa: S102 -- our own words only, see the docstring
        write: Write = self._names["write"]
        return write

    # Statements

    def _body(self, body: Iterable[nodes.Node], scope: Mapping[str, str]) -> None:
        for node in body:
            match node:
                case nodes.Output():
                    for child in node.nodes:
                        self._output(child, scope)
                case nodes.If():
                    self._if(node, scope)
                case nodes.For():
                    self._for(node, scope)
                case _:
                    raise Unsure(type(node).__name__)
        self._flush()

    def _output(self, node: nodes.Expr, scope: Mapping[str, str]) -> None:
        if isinstance(node, nodes.TemplateData):
            self._text += node.data
            return
        says = self._says[self._at_address()]
        self._end_text()
        self._run.append(f"{says}({self._of(node, scope)})")

    def _if(self, node: nodes.If, scope: Mapping[str, str]) -> None:
        self._flush()
        for word, each in (("if", node), *(("elif", each) for each in node.elif_)):
            self._line(f"{word} {self._of(each.test, scope)}:")
            self._block(each.body, scope)
        if node.else_:
            self._line("else:")
            self._block(node.else_, scope)

    def _for(self, node: nodes.For, scope: Mapping[str, str]) -> None:
        if not isinstance(node.target, nodes.Name) or node.target.name == "loop":
            raise Unsure("loop")
        self._flush()
        number = len(self._lines)
        item, loop, none = f"item{number}", f"loop{number}", f"none{number}"
        inside = {**scope, node.target.name: item, "loop": loop}
        over = self._of(node.iter, scope)
        asked = any(name.name == "loop" for each in node.body for name in each.find_all(nodes.Name))
        if node.else_:
            self._line(f"{none} = True")
        self._line(f"for {item}, {loop} in Loop({over}, undefined):" if asked else f"for {item} in {over}:")
        self._block(node.body, inside, *([f"{none} = False"] if node.else_ else []))
        if node.else_:
            self._line(f"if {none}:")
            self._block(node.else_, scope)

    def _block(self, body: Iterable[nodes.Node], scope: Mapping[str, str], first: str = "pass") -> None:
        self._depth += 1
        self._line(first)
        self._body(body, scope)
        self._depth -= 1

    # Expressions

    def _of(self, node: nodes.Node, scope: Mapping[str, str]) -> str:
        match node:
            case nodes.Const(value=value):
                return self._kept(value)
            case nodes.TemplateData(data=data):
                return self._kept(data)
            case nodes.Name(name=name) if name in scope:
                return scope[name]
            case nodes.Name(name=name) if name in allowed.ROOTS:
                return self._roots.setdefault(name, f"root_{len(self._roots)}")
            case nodes.Getattr(node=owner, attr=attr):
                return f"field({self._of(owner, scope)}, {self._kept(attr)})"
            case nodes.Filter(node=given) if given is not None:
                return self._call(self._sandbox.filters[node.name], given, node, scope)
            case nodes.Test(node=given):
                return self._call(self._sandbox.tests[node.name], given, node, scope)
            case nodes.Concat(nodes=parts):
                return f"joined(({''.join(self._of(part, scope) + ', ' for part in parts)}))"
            case nodes.CondExpr(test=test, expr1=yes, expr2=no) if no is not None:
                return f"({self._of(yes, scope)} if {self._of(test, scope)} else {self._of(no, scope)})"
            case nodes.Compare(expr=first, ops=ops):
                more = "".join(f" {_COMPARED[each.op]} {self._of(each.expr, scope)}" for each in ops)
                return f"({self._of(first, scope)}{more})"
            case nodes.Not(node=given):
                return f"(not {self._of(given, scope)})"
            case nodes.Neg(node=given):
                return f"(- {self._of(given, scope)})"
            case nodes.And() | nodes.Or() | nodes.Add() | nodes.Sub():
                return f"({self._of(node.left, scope)} {node.operator} {self._of(node.right, scope)})"
        raise Unsure(type(node).__name__)

    def _call(self, called: Any, given: nodes.Expr, node: Any, scope: Mapping[str, str]) -> str:
        asks = {"context": "seen, ", "eval_context": "settled, ", "environment": "sandbox, "}
        first = asks.get(getattr(getattr(called, "jinja_pass_arg", None), "name", ""), "")
        rest = [self._of(each, scope) for each in node.args]
        rest += [f"**{{{self._kept(each.key)}: {self._of(each.value, scope)}}}" for each in node.kwargs]
        return f"{self._kept(called)}({first}{', '.join([self._of(given, scope), *rest])})"

    # Lines

    def _kept(self, value: Any) -> str:
        name = f"k{len(self._names)}"
        self._names[name] = value
        return name

    def _line(self, text: str) -> None:
        self._lines.append(" " * self._depth + text)

    def _at_address(self) -> bool:
        """Whether what follows the growing constant is an address, of which nothing was said yet."""
        if not self._sandbox.autoescape:
            return False
        found = AT_ADDRESS.search(as_read(self._text[-200:]))
        if found and found[1]:
            raise Unsure("an address in pieces")
        return found is not None

    def _end_text(self) -> None:
        if self._text:
            self._run += [self._kept(each) for each in self._constant(self._text)]
        self._text = ""

    def _flush(self) -> None:
        if self._at_address():
            raise Unsure("an address that depends on a condition")
        self._end_text()
        if self._run:
            self._line(f"out += ({', '.join(self._run)},)")
        self._run = []
