"""Which commands are there, and what does each do? Read from the source of their modules, which takes milliseconds.

Importing all that commands use takes seconds, and most of them use little of it: so only the module of the command that
was typed is imported.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from mailer.late import undisturbed

ALONE = "house", "check", "mail"  # modules whose commands stand for themselves
GROUPS = {
    "import": ("intake", "commands"), "segment": ("segments", "commands"), "campaign": ("campaigns", "commands"),
    "staff": ("staff", "commands"), "insight": ("insights", "commands"), "warehouse": ("warehouse", "commands"),
    "dkim": ("mail", "dkim"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """A command, or a group of them: where it is, and what it does in a line or more."""

    name: str
    help: str
    module: str
    group: str = ""  # its name in the module; "" is a command that stands for itself

    def command(self) -> Any:
        """Import it."""
        with undisturbed():
            module = import_module(f"mailer.cli.{self.module}")
        if not self.group:
            return get_group(module.commands).commands[self.name]
        group = get_group(getattr(module, self.group))
        group.name = self.name
        return group


class Commands(TyperGroup):
    """All commands: named with their help, imported when one is typed."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._offers = {each.name: each for each in offers()}
        self.commands = {name: TyperCommand(name, help=each.help) for name, each in self._offers.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the command that was typed, itself."""
        if found := self._offers.get(args[0]):
            return found.name, found.command(), args[1:]
        return super().resolve_command(ctx, args)


def offers() -> Iterator[Offer]:
    """Give every command and group, in the order of the modules."""
    for module in ALONE:
        for each in _source(module).body:
            if isinstance(each, ast.FunctionDef) and (name := _name(each)):
                yield Offer(name, ast.get_docstring(each) or "", module)
    for name, (module, group) in GROUPS.items():
        yield Offer(name, _help(_source(module), group), module, group)


def _source(module: str) -> ast.Module:
    return ast.parse((Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8"))


def _name(function: ast.FunctionDef) -> str:
    """Return the name a function has as a command of its module; "" if it is none."""
    for each in function.decorator_list:
        if isinstance(each, ast.Call) and ast.unparse(each.func) == "commands.command":
            return ast.literal_eval(each.args[0]) if each.args else function.name.replace("_", "-")
    return ""


def _help(source: ast.Module, group: str) -> str:
    made = next(each for each in source.body if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == group)
    told = made.value.keywords if isinstance(made.value, ast.Call) else []
    return str(next((ast.literal_eval(each.value) for each in told if each.arg == "help"), ""))
