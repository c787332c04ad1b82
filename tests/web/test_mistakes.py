"""Is a mistake said beside its field, is what was typed still there, and does the focus go to it?"""

import re
from collections.abc import Callable

import pytest

CAMPAIGN = {"title": "Win them back!", "segment": "quiet", "topic": "offers", "template": "win-back", "kind": "weekly",
            "at": "09:00", "weekdays": ["1"], "zone": "customer", "moment": "has not come back"}  # fmt: skip
STAFF = {"first": "2026-03-17", "last": "2026-03-18", "deputy": "", "why": "holiday"}
INVITED = {"name": "Eva Stone", "email": "eva@example.com", "role": "marketer", "zone": "Europe/Berlin"}
PASSWORDS = {"password": "a few plain words", "new_password": "another few words"}
MISTAKES = [
    ("nora", "campaign", {"title": ""}, "title", "Fill this in."),
    ("nora", "campaign", {"segment": "no"}, "segment", "Choose a segment."),
    ("nora", "campaign", {"topic": "no"}, "topic", "Choose a topic."),
    ("nora", "campaign", {"template": "no"}, "template", "There is no template no"),
    ("nora", "campaign", {"at": "nine"}, "at", "Give a time of day, like 09:00."),
    ("nora", "campaign", {"zone": "Europe/Atlantis"}, "zone", "Europe/Atlantis&#39; is not a time zone"),
    ("nora", "campaign", {"weekdays": []}, "weekdays", "Choose at least one day."),
    ("nora", "campaign", {"kind": "once", "on": ""}, "on", "Give the day on which it is sent."),
    ("nora", "campaign", {"starts": "2026-05-02", "ends": "2026-05-01"}, "ends", "not before the first one"),
    ("nora", "campaign", {"priority": "900"}, "priority", "Give at most 100."),
    ("nora", "campaign", {"priority": "much"}, "priority", "Give a whole number."),
    ("nora", "campaign", {"send_before_hours": "0"}, "send_before_hours", "Give more than 0."),
    ("maya", "staff", {"first": "soon"}, "first", "Give a day, like 2026-03-16."),
    ("maya", "staff", {"last": "2026-03-01"}, "last", "The last day is before the first one."),
    ("maya", "staff", {"deputy": "maya"}, "deputy", "Choose somebody else who works here"),
    ("maya", "staff", {"why": "x" * 201}, "why", "At most 200 characters."),
    ("ida", "accounts", {"name": ""}, "name", "Fill this in."),
    ("ida", "accounts", {"email": "nowhere"}, "email", "nowhere"),
    ("ida", "accounts", {"email": "maya@example.com"}, "email", "is staff already"),
    ("ida", "accounts", {"role": "king"}, "role", "Choose one that is offered."),
    ("ida", "accounts", {"zone": "Berlin"}, "zone", "is not a time zone"),
    ("maya", "password", {"password": "wrong"}, "password", "That is not your password of now."),
    ("maya", "password", {"new_password": "short"}, "new_password", "A password needs at least"),
]


@pytest.fixture
def forms(shop, segment: object) -> dict[str, tuple[str, str, dict[str, object]]]:
    """Give the page, the address and the fields of each form."""
    return {
        "campaign": ("/campaigns/new", "/campaigns", CAMPAIGN),
        "staff": ("/staff", f"/staff/{shop.staff['maya'].public_id}/absences", STAFF),
        "accounts": ("/accounts", "/accounts", INVITED),
        "password": ("/me", "/me/password", PASSWORDS),
    }


@pytest.mark.parametrize(("who", "form", "mistake", "field", "said"), MISTAKES)
def test_a_mistake_is_said_beside_its_field_which_has_the_focus(
    browser: Callable, press: Callable, shop, forms: dict, who: str, form: str, mistake: dict, field: str, said: str
) -> None:
    page, address, fields = forms[form]
    if mistake.get("deputy") == "maya":
        mistake = {"deputy": shop.staff["maya"].public_id}
    given = fields | mistake
    answer = press(browser(who), page, address, **given)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'role="alert"' in html
    wrong = re.search(rf'<span class="field-wrong" id="wrong-{field}">([^<]*)</span>', html)
    assert wrong, html
    assert said in wrong[1]
    assert html.count(f'aria-describedby="wrong-{field}"') == 1
    assert len(re.findall(r"<(?:input|select|textarea)[^>]* autofocus", html)) == 1
    for name, value in given.items():
        if "password" in name:
            assert f'value="{value}"' not in html
        elif isinstance(value, str) and value and name not in mistake:
            shown = f'value="{value}"' in html or f">{value}</option>" in html
            assert shown, f"{name} is gone"


def test_several_mistakes_are_said_at_once(browser: Callable, press: Callable, segment: object) -> None:
    given = CAMPAIGN | {"segment": "no", "topic": "no", "at": "nine"}
    html = press(browser("nora"), "/campaigns/new", "/campaigns", **given).get_data(as_text=True)
    assert "3 fields do not fit" in html
    assert {"wrong-segment", "wrong-topic", "wrong-at"} <= set(re.findall(r'id="(wrong-\w+)"', html))
