"""The rules of the house that a reader should be able to trust."""

import ast
import re
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import mailer
from mailer.tables import TABLES

ROOT = Path(mailer.__file__).parent
MODULES = sorted(path for path in ROOT.rglob("*.py") if "versions" not in path.parts and "_home" not in path.parts)
FLOORS = ["mail", "people", "insights", "segments", "campaigns", "rendering", "delivery", "replies", "inbox"]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _calls(path: Path) -> set[str]:
    """Every dotted name that is called or read in a module."""
    return {ast.unparse(node) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}


def test_every_table_is_named_once() -> None:
    assert {table.__tablename__ for table in TABLES} == set(SQLModel.metadata.tables)


def test_foreign_keys_only_go_down_the_floors() -> None:
    floor = {
        table.__tablename__: FLOORS.index(table.__module__.split(".")[1])
        for table in TABLES
        if table.__module__.count(".") > 1
    }
    up = [
        f"{table.name}.{key.parent.name} -> {key.column.table.name}"
        for table in SQLModel.metadata.tables.values()
        for key in table.foreign_keys
        if floor[key.column.table.name] > floor[table.name]  # a root module's table refers to none, and none to it
    ]
    assert not up


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_opens_with_the_question_it_answers(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "a module without a docstring"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_only_the_clock_reads_time(path: Path) -> None:
    reads = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "time.monotonic", "time.sleep"}
    if _name(path) != "clock.py":
        assert not _calls(path) & reads


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_only_the_settings_read_the_environment(path: Path) -> None:
    if _name(path) != "settings.py":
        assert not _calls(path) & {"os.environ", "os.getenv"}


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_only_the_pipeline_and_the_edges_above_it_open_a_writer(path: Path) -> None:
    above = ("pipeline/", "web/exchange.py", "demo/", "cli/", "founding.py", "store.py")
    text = path.read_text()
    if not _name(path).startswith(above):
        assert not re.search(r"store\.write\(|\bsession\.commit\(", text)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_module_is_a_drawer_for_whatever(path: Path) -> None:
    drawers = {"utils", "helpers", "common", "manager", "service", "handler", "base", "misc"}
    assert path.stem not in drawers


def test_the_project_speaks_of_itself_alone() -> None:
    said = re.compile(r"(?i)\bthis session\b|\bissue #?\d+|https?://(pypi|files\.python|registry\.npm)")
    top = ROOT.parent
    texts = [*MODULES, top / "README.md", top / "Makefile", top / "pyproject.toml"]
    assert not [path for path in texts if path.exists() and said.search(path.read_text())]
