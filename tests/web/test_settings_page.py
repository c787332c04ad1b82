from collections.abc import Callable
from datetime import date

from mailer.house import House
from mailer.settings import RelaySection, WarmUp


def test_relays_are_shown_and_what_opens_a_door_is_not(browser: Callable, house: House) -> None:
    warm_up = WarmUp(**{"from": date(2026, 11, 1)}, first_day=200)
    relay = RelaySection(name="new", url="smtp://anna:covert1@mail.example.com:587", per_second=5, warm_up=warm_up)
    delivery = house.settings.delivery.model_copy(
        update={"relays": (relay,), "transport": "sendgrid://covert2@api?rate=3"}
    )
    house.settings = house.settings.model_copy(update={"delivery": delivery})
    html = browser("ida").get("/settings").get_data(as_text=True)
    assert "covert" not in html
    for words in ("name new, url smtp://***@mail.example.com:587", "per_second 5.0", "first_day 200", "@api?rate=3"):
        assert words in html
