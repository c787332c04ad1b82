"""The short form of each scenario that costs little; the long ones run with `make drill`."""

import importlib

import pytest

from tests.drill.faults import cells
from tests.drill.floors import failpoints
from tests.drill.kills import FAILPOINTS
from tests.drill.result import Given


@pytest.mark.slow
@pytest.mark.parametrize("name", ["faults", "race", "sleeper"])
def test_the_promise_holds_in_the_short_form_of(name: str) -> None:
    found = importlib.import_module(f"tests.drill.{name}").run(Given(short=True))
    if found.skipped:
        pytest.skip(found.skipped)
    assert found.holds, found


def test_no_failpoint_of_the_sender_is_left_out() -> None:
    assert {name for name in failpoints() if name.startswith("delivery.")} == set(FAILPOINTS)


def test_every_verb_meets_every_sort_of_fault_once() -> None:
    names = [cell.name for cell in cells()]
    assert len(names) == len(set(names)) >= 140
