from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.people.face import GREY, draw, initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maya Lindqvist", "ML"),
        ("Lucía de la Romero", "LR"),
        ("maya", "M"),
        ("", "?"),
        ("佐藤 健二", "佐健"),
        ("Élodie", "É"),
    ],
)
def test_initials_are_of_the_first_and_the_last_name(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(name=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30), colour=st.text())
def test_whatever_the_name_and_the_colour_the_picture_is_well_formed(name: str, colour: str) -> None:
    picture = draw(name.replace("\ufffe", "").replace("\uffff", ""), colour)
    assert "<script" not in picture
    assert ElementTree.fromstring(picture).tag.endswith("svg")


def test_a_colour_that_is_none_is_drawn_in_grey() -> None:
    assert f'fill="{GREY}"' in draw("Maya Lindqvist", 'red"/><script>')


@pytest.mark.parametrize(("colour", "ink"), [("#101010", "#ffffff"), ("#f5f0a0", "#14201b")])
def test_the_letters_stand_out_from_the_ground(colour: str, ink: str) -> None:
    assert f'fill="{ink}">ML<' in draw("Maya Lindqvist", colour)
