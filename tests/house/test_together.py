"""Many small writes in one."""

import threading
import time
from collections.abc import Sequence

import pytest

from mailer.together import Together


def test_who_comes_while_somebody_writes_is_written_with_the_next() -> None:
    written: list[list[int]] = []
    begun, go = threading.Event(), threading.Event()

    def write(items: Sequence[int]) -> None:
        written.append(list(items))
        begun.set()
        assert go.wait(10)

    together: Together[int] = Together()
    threads = [threading.Thread(target=together.add, args=([number], write)) for number in range(5)]
    threads[0].start()
    assert begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    while len(together._waiting) < 4:
        time.sleep(0.001)
    go.set()
    for thread in threads:
        thread.join()
    assert written[0] == [0]
    assert sorted(written[1]) == [1, 2, 3, 4]
    assert len(written) == 2


def test_what_cannot_be_written_fails_alone_and_its_own_thread_hears_why() -> None:
    written: list[int] = []
    begun, go = threading.Event(), threading.Event()

    def write(items: Sequence[int]) -> None:
        begun.set()
        assert go.wait(10)
        if 3 in items:
            raise ValueError("three is refused")
        written.extend(items)

    together: Together[int] = Together()
    heard: dict[int, str] = {}

    def add(number: int) -> None:
        try:
            together.add([number], write)
        except ValueError as error:
            heard[number] = str(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(5)]
    threads[0].start()
    assert begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    while len(together._waiting) < 4:
        time.sleep(0.001)
    go.set()
    for thread in threads:
        thread.join()
    assert sorted(written) == [0, 1, 2, 4]
    assert heard == {3: "three is refused"}


def test_alone_it_raises_what_writing_raised() -> None:
    def write(items: Sequence[int]) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Together().add([1], write)
