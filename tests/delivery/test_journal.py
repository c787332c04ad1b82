from datetime import UTC, datetime
from pathlib import Path

from mailer.delivery.journal import Journal, read

NOW = datetime(2026, 3, 16, 10, tzinfo=UTC)


def test_what_left_is_read_back_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append(["a@x", "b@x"], NOW)
    journal.append([], NOW)
    journal.append(["c@x"], NOW)
    journal.close()
    assert list(read(tmp_path / "journal")) == [(NOW, "a@x"), (NOW, "b@x"), (NOW, "c@x")]


def test_a_line_cut_short_by_a_power_cut_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_text(f"{NOW.isoformat()} a@x\n{NOW.isoformat()} b@", encoding="utf-8")
    assert [name for _, name in read(path)] == ["a@x"]
    journal = Journal(path)
    journal.append(["c@x"], NOW)
    journal.close()
    assert [name for _, name in read(path)] == ["a@x", "c@x"]


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    assert list(read(tmp_path / "none")) == []
