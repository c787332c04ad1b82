from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.checkup import Mark, letter
from mailer.delivery import signing
from mailer.house import House
from mailer.mail import dkim
from mailer.mail.compose import Letter, Party, compose
from mailer.paths import Home

LEAVE = "https://mail.shop.example/unsubscribe/abc"
HEADERS = {
    "List-Unsubscribe": f"<{LEAVE}>, <mailto:r-1@reply.shop.example?subject=unsubscribe>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}
WELL = Letter("Hello", f'<p>Hello Ann</p><a href="{LEAVE}">leave</a>', "Hello Ann")


def written(words: Letter = WELL, sender: str = "maya@shop.example", headers: dict[str, str] | None = None) -> bytes:
    return compose(
        words, sender=Party("Maya", sender), to="ann@example.com", message_id="m1@shop.example",
        dated_at=datetime(2026, 3, 16, 10, tzinfo=UTC), headers=HEADERS if headers is None else headers,
    )  # fmt: skip


def wrong(raw: bytes, *, is_real: bool = True) -> dict[str, tuple[Mark, str]]:
    found = letter.judged(raw, "shop.example", is_real=is_real)
    return {each.name: (each.mark, each.saw) for each in found if each.mark is not Mark.GOOD}


def test_a_letter_of_ours_is_well_signed_or_not(tmp_path: Path) -> None:
    raw = written()
    assert wrong(raw) == {}
    key, _ = signing.make(Home(tmp_path), "shop.example", "r1", "rsa")
    assert wrong(dkim.sign(raw, [key]) + raw) == {}


@pytest.mark.parametrize(
    ("raw", "name", "words"),
    [
        (written(headers={}), "one-click", "List-Unsubscribe holds no https"),
        (written(headers=HEADERS | {"List-Unsubscribe": "<http://mail.shop.example/u/1>"}), "one-click", "no https"),
        (written(headers={"List-Unsubscribe": HEADERS["List-Unsubscribe"]}), "one-click", "no List-Unsubscribe-Post"),
        (b"DKIM-Signature: v=1; h=from:subject;\r\n bh=x; b=y\r\n" + written(), "one-click", "covers list-unsubscribe"),
        (written(sender="maya@gmail.com"), "From", "gmail.com"),
        (written(sender="maya@other.example"), "From", "not at shop.example"),
        (b"From: x@shop.example\r\n" + written(), "format", "From stands 2 times"),
        (written().replace(b"Date:", b"X-Date:"), "format", "no Date"),
        (written() + b"x" * 999, "format", "999 long"),
        (written() + b"bare\nline", "format", "without CRLF"),
        (written(Letter("Hello", "<p>Hello Ann</p>", "Hello")), "visible link", "nothing in its words"),
        (written(Letter("Hello", WELL.html + "<p>more</p>" * 12_000, "Hello")), "size", "Gmail hides"),
    ],
)
def test_what_a_receiver_would_mind_is_found(raw: bytes, name: str, words: str) -> None:
    found = wrong(raw)
    assert set(found) == {name}
    assert words in found[name][1]


def test_before_email_leaves_this_machine_an_address_without_https_is_only_to_be_looked_at() -> None:
    raw = written(headers=HEADERS | {"List-Unsubscribe": "<http://127.0.0.1:8080/u/1>"})
    assert wrong(raw, is_real=False)["one-click"][0] is Mark.LOOK


def test_an_empty_house_has_no_letter_to_look_at(tmp_path: Path, now: datetime) -> None:
    house = House(Home(tmp_path))
    house.store.create()
    [finding] = letter.look(house, now, is_real=True)
    house.close()
    assert finding.mark is Mark.UNKNOWN
