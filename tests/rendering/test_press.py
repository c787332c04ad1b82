import threading
from collections.abc import Callable
from typing import Any

import pytest

from mailer.mail.compose import Letter
from mailer.rendering import worker
from mailer.rendering.inline import inline
from mailer.rendering.letter import render
from mailer.rendering.press import Press, RenderError, Sheet
from mailer.rendering.template import Shelf

GOOD = Sheet("Hello", "", "<p>{{ customer.first_name }}</p>", {"customer": {"first_name": "Ann"}})
BROKEN = Sheet("Hello", "", "<p>{{ customer.nickname }}</p>", {"customer": {}})
BIG = Sheet("Hello", "", "{{ ('x' * 700000000)|length }}", {})
HANG = Sheet(
    "Hello", "", "{% if 3 ** 300000000 %}a{% endif %}", {}
)  # one call that no signal handler of Python can interrupt
LOOPS = "{% for a in because %}" * 6 + "{% if a == 'bb' %}{{ a }}{% endif %}" + "{% endfor %}" * 6


def texts(letters: list[Letter | RenderError]) -> list[str]:
    return [letter.text.strip() if isinstance(letter, Letter) else "!" for letter in letters]


def test_letters_come_back_in_order_and_just_as_they_are_written_here(
    press: Press, shelf: Shelf, seen: Callable[..., dict[str, Any]]
) -> None:
    template = shelf.get("win-back", "de")
    html = inline(template.html)
    sheets = [Sheet(template.subject, template.preheader, html, seen(first_name=name)) for name in ("Änne", "李", "Bo")]
    written = [render(each.subject, each.preheader, each.html, each.context) for each in sheets]
    read = [letter for letter in press.render(sheets) if isinstance(letter, Letter)]
    assert [Letter(each.subject, each.html, each.text) for each in read] == written
    assert press.render([]) == []


def test_a_template_error_fails_its_own_letter_only(press: Press) -> None:
    letters = press.render([GOOD, BROKEN, GOOD])
    assert texts(letters) == ["Ann", "!", "Ann"]
    assert isinstance(letters[1], RenderError)
    assert "customer.nickname is missing" in letters[1].reason


def test_a_template_that_eats_memory_fails_its_own_letter_only(press: Press) -> None:
    letters = press.render([GOOD, BIG, GOOD])
    assert texts(letters) == ["Ann", "!", "Ann"]
    assert isinstance(letters[1], RenderError)
    assert "memory" in letters[1].reason


LOOP = Sheet("Hello", "", LOOPS, {"because": list("abcdefghijklmnopqrstuvwxyz")})


@pytest.mark.slow
def test_a_template_that_hangs_fails_its_own_letter_only(press: Press) -> None:
    letters = press.render([GOOD, HANG, GOOD])
    assert texts(letters) == ["Ann", "!", "Ann"]
    assert letters[1] == RenderError("it took too many seconds of CPU")


@pytest.mark.slow
def test_a_template_that_hangs_each_time_does_not_hold_up_the_batch_for_ever(press: Press) -> None:
    letters = press.render([GOOD, LOOP, GOOD, LOOP, LOOP, LOOP, GOOD])
    assert texts(letters) == ["Ann", "!", "Ann", "!", "!", "!", "Ann"]
    reasons = [letter.reason for letter in letters if isinstance(letter, RenderError)]
    assert reasons[2] == reasons[3] == "its template stopped the press 2 times in this batch"


def test_a_child_that_is_killed_is_replaced(press: Press) -> None:
    press.render([GOOD])
    child = press._workers.queue[-1]._child  # type: ignore[attr-defined]
    assert child._process
    child._process.kill()
    child._process.wait()
    assert texts(press.render([GOOD, GOOD])) == ["Ann", "Ann"]


def test_many_threads_share_a_press() -> None:
    press = Press(processes=2)
    said: dict[int, list[str]] = {}

    def ask(number: int) -> None:
        sheets = [Sheet("s", "", "{{ facts.n }}", {"facts": {"n": number * 100 + each}}) for each in range(20)]
        said[number] = texts(press.render(sheets))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    press.close()
    assert said == {number: [str(number * 100 + each) for each in range(20)] for number in range(6)}


def test_a_child_knows_no_secret_and_cannot_write_files(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILER_DELIVERY__TRANSPORT", "smtp://user:password@mail.example.com")
    script = (
        "import json, os, sys\n"
        "from mailer import child\n"
        "next(child.questions())\n"
        "secret = any(name.startswith('MAILER_') for name in os.environ)\n"
        f"try:\n  os.write(os.open({str(tmp_path / 'x')!r}, os.O_CREAT | os.O_WRONLY), b'a'); wrote = True\n"
        "except OSError: wrote = False\n"
        "child.answer(b'E', json.dumps({'secret': secret, 'wrote': wrote}))\n"
    )
    monkeypatch.setattr(worker, "_PROGRAM", script)
    child = worker.Worker()
    assert list(child.ask("{}", 1)) == [RenderError('{"secret": false, "wrote": false}')]
    child.stop()
