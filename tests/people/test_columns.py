import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import Invalid
from mailer.people.columns import Line, decode, read_lines, typed


def read(text: str) -> tuple[list[Line], list[str]]:
    lines, wrong = read_lines(io.StringIO(text, newline=""), ("email", "name"), ("email",), {"mail": "email"})
    return lines, [str(each) for each in wrong]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_reads_the_same_however_a_spreadsheet_wrote_it(mark: str, delimiter: str, end: str) -> None:
    lines, wrong = read(mark + end.join(["Mail{0}Full Name", "a@example.com{0} Ann   Lee", ""]).format(delimiter))
    assert (lines, wrong) == ([Line(2, {"email": "a@example.com", "full_name": "Ann Lee"})], [])


def test_lines_are_counted_as_an_editor_does() -> None:
    lines, wrong = read('email,name\n\na@x,"two\nlines"\nb@x,B\nc@x\n')
    assert [(line.number, line.cells["name"]) for line in lines] == [(3, "two lines"), (5, "B")]
    assert wrong == ["line 6: 1 cells, where the first line names 2 columns"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the file is empty; its first line names the columns"),
        ("\n\n", "line 1: the file is empty; its first line names the columns"),
        ("name\nAnn\n", "line 1: there is no column email; the columns with a meaning are email, name"),
        ("email,mail\n", "line 1: there are two columns email"),
        ("email,,name\n", "line 1: column 2 has no name"),
    ],
)
def test_a_header_that_cannot_be_understood_is_refused(text: str, message: str) -> None:
    assert read(text) == ([], [message])


def test_where_the_quotes_break_is_said_and_what_came_before_is_kept() -> None:
    lines, wrong = read('email,name\na@x,A\nb@x,"B\nc@x,C\n')
    assert [line.number for line in lines] == [2]
    assert wrong[0].startswith("line 3: the quotes do not match up from here")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1", "20"], [1, 20]),
        (["1", "2.5"], [1.0, 2.5]),
        (["7", "7+"], ["7", "7+"]),
        (["01067", "10115"], ["01067", "10115"]),
        (["true", "FALSE"], [True, False]),
        (["2026-03-16"], ["2026-03-16"]),
        (["1e5", "nan"], ["1e5", "nan"]),
        (["-3"], [-3]),
        (["12345678901234567890"], ["12345678901234567890"]),
        (["٣"], ["٣"]),
    ],
)
def test_a_column_has_the_type_of_all_its_cells(cells: list[str], values: list[object]) -> None:
    make = typed([Line(n, {"x": cell}) for n, cell in enumerate(cells)], ["x"])["x"]
    found = [make(cell) for cell in cells]
    assert (found, [type(each) for each in found]) == (values, [type(each) for each in values])


def test_bytes_are_read_as_spreadsheets_save_them() -> None:
    assert decode("Müller".encode("utf-8-sig")) == decode("Müller".encode("utf-16")) == "Müller"
    with pytest.raises(Invalid, match="line 2: this file is not UTF-8"):
        decode("email\nMüller".encode("latin-1"))


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=2, max_size=2)))
def test_whatever_a_spreadsheet_quotes_is_read_back(rows: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["email", "name"], *rows])
    lines, wrong = read(file.getvalue())
    said = [[" ".join(cell.split()) for cell in row] for row in rows]
    assert not wrong
    assert [[line.cells.get("email", ""), line.cells.get("name", "")] for line in lines] == [r for r in said if any(r)]
