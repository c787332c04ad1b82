"""A segment and its file say the same."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from mailer.errors import Invalid
from mailer.paths import shipped_home
from mailer.segments.criteria import All, Any, Criteria, Did, Member, Not, Where
from mailer.segments.files import SegmentFile, differences, keep, read, sync, take, to_toml
from mailer.segments.segment import Segment, delete, save, versions

FILE = """title = "Often"

[criteria]
field = "baskets_365"
op = "at_least"
value = 8
"""
_TEXT = st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp", "Zs"), include_characters=" \"'\\"), min_size=1, max_size=9
)
_PARTS: st.SearchStrategy[Criteria] = st.recursive(
    st.builds(Where, st.just("first_name"), st.just("is"), _TEXT)
    | st.builds(Where, st.just("language"), st.just("one_of"), st.lists(_TEXT, min_size=1, max_size=3).map(tuple))
    | st.builds(Where, st.just("overdue_ratio"), st.just("at_least"), st.floats(-1e6, 1e6) | st.integers(-9, 9))
    | st.builds(Where, st.just("new_favourite"), st.just("known"))
    | st.builds(
        Did, st.just("basket"), st.integers(1, 9), st.none() | st.integers(0, 99),
        st.lists(st.builds(Where, st.just("department"), st.just("contains"), _TEXT), max_size=2).map(tuple),
    ),
    lambda parts: st.builds(All, st.lists(parts, max_size=3).map(tuple))
    | st.builds(Any, st.lists(parts, min_size=1, max_size=3).map(tuple))
    | st.builds(Not, parts),
    max_leaves=6,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(title=_TEXT.filter(str.strip), description=st.text(st.characters(exclude_categories=("Cs",))), criteria=_PARTS)
def test_a_written_file_reads_the_same(tmp_path: Path, title: str, description: str, criteria: Criteria) -> None:
    file = SegmentFile("often", title, description, criteria)
    path = tmp_path / "often.toml"
    path.write_text(to_toml(file), encoding="utf-8", newline="")
    assert read(path) == file


SHIPPED = sorted((shipped_home() / "segments").glob("*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_file_is_written_as_it_is_read(path: Path) -> None:
    assert to_toml(read(path)) == path.read_text(encoding="utf-8")


def test_four_segments_are_shipped() -> None:
    assert [path.stem for path in SHIPPED] == ["anniversary", "new-favourite", "quiet-after-heavy-use", "win-back"]


def test_files_are_taken_once_and_again_when_they_change(session: Session, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "often.toml"
    path.write_text(FILE)
    assert sync(session, tmp_path, now) == ["often"]
    assert sync(session, tmp_path, now) == []
    path.write_text(FILE.replace("8", "9"))
    assert sync(session, tmp_path, now) == ["often"]
    segment = session.exec(select(Segment)).one()
    assert (segment.version, segment.source, segment.tree) == (2, "often.toml", Where("baskets_365", "at_least", 9))


def test_a_segment_changed_in_the_form_belongs_to_the_form(session: Session, now: datetime, tmp_path: Path) -> None:
    (tmp_path / "often.toml").write_text(FILE)
    sync(session, tmp_path, now)
    mine = Where("baskets_365", "at_least", 20)
    save(session, name="often", title="Very often", description="", criteria=mine, now=now)
    assert sync(session, tmp_path, now) == []
    assert session.exec(select(Segment)).one().tree == mine


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "often.toml is not valid TOML"),
        (FILE.replace("title", "name"), "often.toml: name means nothing here"),
        (FILE.replace('"Often"', '""'), "often.toml: title is a text"),
        (FILE.replace("at_least", "over"), "often.toml: criteria: baskets_365 cannot be asked with op 'over'"),
        ('title = "Often"', "often.toml: criteria: give a table"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_and_nothing_is_changed(
    session: Session, now: datetime, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "a.toml").write_text(FILE)
    (tmp_path / "often.toml").write_text(text)
    with pytest.raises(Invalid, match=r"often\.toml") as told:
        sync(session, tmp_path, now)
    assert said in str(told.value)
    assert not session.exec(select(Segment)).all()


def test_a_difference_says_which_side_is_newer_and_nothing_is_lost(
    session: Session, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "often.toml"
    path.write_text("# why eight: see the notes\n" + FILE)
    sync(session, tmp_path, now)
    assert differences(session, tmp_path) == []
    mine = save(session, name="often", title="Very often", description="", criteria=Where("years", "is", 2), now=now)
    (found,) = differences(session, tmp_path)
    assert found.newer == "the file"  # it was written after `now`
    assert '-title = "Very often"' in found.lines
    keep(mine, path)
    assert path.read_text().startswith("# why eight")
    assert differences(session, tmp_path) == []
    path.write_text(FILE)
    assert take(session, path, now).version == 3
    assert [each.version for each in versions(session, "often")] == [3, 2, 1]


def test_a_file_that_is_gone_is_said_and_its_segment_stays(session: Session, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "often.toml"
    path.write_text(FILE)
    sync(session, tmp_path, now)
    path.unlink()
    assert sync(session, tmp_path, now) == []
    segment = session.exec(select(Segment)).one()
    (found,) = differences(session, tmp_path)
    assert (found.name, found.newer) == ("often", "its file is gone")
    with pytest.raises(Invalid, match=r"often\.toml cannot be read"):
        take(session, path, now)
    keep(segment, path)
    assert differences(session, tmp_path) == []
    save(session, name="mine", title="Mine", description="", criteria=Where("years", "is", 2), now=now)
    assert [(each.name, each.newer) for each in differences(session, tmp_path)] == [("mine", "only the house")]


def test_a_segment_in_use_is_not_deleted_and_asks_not_for_itself(session: Session, now: datetime) -> None:
    inner = save(session, name="inner", title="Inner", description="", criteria=Where("years", "is", 2), now=now)
    outer = save(session, name="outer", title="Outer", description="", criteria=Member("inner"), now=now)
    assert outer.tree == Member("inner", Where("years", "is", 2))
    assert outer.criteria == {"segment": "inner"}
    with pytest.raises(Invalid, match="used by the segment outer"):
        delete(session, inner, [])
    with pytest.raises(Invalid, match="asks for itself"):
        save(session, name="inner", title="Inner", description="", criteria=Member("outer"), now=now)
    with pytest.raises(Invalid, match="there is no segment 'gone'"):
        save(session, name="other", title="Other", description="", criteria=Member("gone"), now=now)
    with pytest.raises(Invalid, match="used by the campaign spring"):
        delete(session, outer, ["spring"])
    delete(session, outer, [])
