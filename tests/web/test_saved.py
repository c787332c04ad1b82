"""Saved replies: kept, changed and removed by who may use them, with mistakes said beside the field."""

from collections.abc import Callable

from sqlmodel import select

from mailer.house import House
from mailer.inbox.saved import SavedReply

PAGE = "/saved-replies"


def kept(house: House) -> list[SavedReply]:
    with house.store.read() as session:
        return list(session.exec(select(SavedReply).order_by(SavedReply.id)))


def test_one_is_kept_changed_and_removed(browser: Callable, press: Callable, house: House, shop) -> None:
    maya = browser("maya")
    assert press(maya, PAGE, PAGE, title="Hours", text="Hello {first name}").status_code == 302
    (mine,) = kept(house)
    assert (mine.title, mine.staff_id) == ("Hours", shop.staff["maya"].id)
    address = f"{PAGE}/{mine.public_id}"
    assert "Hello {first name}</textarea>" in maya.get(address).get_data(as_text=True)
    ida = browser("ida")
    assert ida.get(address).status_code == 404
    assert press(ida, PAGE, f"{address}/removal").status_code == 404
    press(maya, address, address, title="Hours", text="Hello!", shared="yes")
    assert kept(house)[0].staff_id is None
    assert "Hello!" in ida.get(PAGE).get_data(as_text=True)
    press(ida, PAGE, f"{address}/removal")
    assert kept(house) == []


def test_a_mistake_is_said_beside_its_field_and_the_words_stay(
    browser: Callable, press: Callable, house: House
) -> None:
    maya = browser("maya")
    wrong = press(maya, PAGE, PAGE, title="Hours", text="Hello {frist name}")
    html = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert 'aria-describedby="wrong-text"' in html
    assert "Hello {frist name}</textarea>" in html
    untitled = press(maya, PAGE, PAGE, title="", text="Hello").get_data(as_text=True)
    assert 'aria-describedby="wrong-title"' in untitled
    assert kept(house) == []
