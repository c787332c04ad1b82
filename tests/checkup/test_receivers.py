from datetime import datetime, timedelta

import pytest

from mailer.checkup import Finding, Mark, receivers
from mailer.delivery.message import Message, State
from tests.delivery.conftest import Town as Shop
from tests.delivery.conftest import found

ASKED = {name for names in receivers.RULES.values() for name in names}


def findings(**marks: Mark) -> list[Finding]:
    given = dict.fromkeys(ASKED, Mark.GOOD) | {name.replace("_", "-"): mark for name, mark in marks.items()}
    return [Finding("x", name, mark, "") for name, mark in given.items()]


def told(given: list[Finding]) -> dict[str, tuple[Mark, str]]:
    return {each.name: (each.mark, each.saw) for each in receivers.rules(given)}


def test_where_all_rules_are_kept_everybody_is_content() -> None:
    assert {mark for mark, _ in told(findings()).values()} == {Mark.GOOD}
    assert set(told(findings())) == {"Gmail", "Yahoo", "Microsoft"}


def test_a_rule_that_is_not_kept_is_named_to_those_who_have_it() -> None:
    found = told(findings(one_click=Mark.MEND))
    assert found["Gmail"] == (Mark.MEND, "1 of 11 rules for bulk senders are not kept: one-click")
    assert found["Microsoft"][0] is Mark.GOOD


def test_what_could_not_be_asked_is_not_kept_nor_broken() -> None:
    found = told(findings(DMARC=Mark.UNKNOWN))
    assert found["Gmail"] == (Mark.UNKNOWN, "could not look at: DMARC")
    assert told([each for each in findings() if each.name != "PTR"])["Yahoo"][0] is Mark.UNKNOWN


def test_one_bad_finding_among_several_of_a_name_counts() -> None:
    given = [*findings(), Finding("x", "DKIM", Mark.MEND, "")]
    assert told(given)["Microsoft"][0] is Mark.MEND


@pytest.fixture
def shop(session, now: datetime) -> Shop:
    return found(session, now)


@pytest.mark.parametrize(
    ("sent", "complained", "mark"),
    [(0, 0, Mark.GOOD), (100, 2, Mark.GOOD), (900, 3, Mark.MEND), (1100, 3, Mark.LOOK), (4000, 3, Mark.GOOD)],
)
def test_complaints_are_counted_against_what_was_sent_lately(
    shop: Shop, now: datetime, sent: int, complained: int, mark: Mark
) -> None:
    campaign = shop.campaign()
    shop.run(campaign, shop.customers(sent))
    for number, message in enumerate(shop.session.exec(receivers.sa.select(Message)).scalars()):
        message.state, message.handed_over_at = State.SENT, now - timedelta(days=2)
        message.complained_at = now if number < complained else None
    shop.session.flush()
    everybody = next(iter(receivers.complaints(shop.session, now)))
    assert (everybody.mark, f"{complained} of {sent:,}" in everybody.saw) == (mark, True)
    later = next(iter(receivers.complaints(shop.session, now + timedelta(days=31))))
    assert "0 of 0" in later.saw


def test_each_receiver_counts_for_itself(shop: Shop, now: datetime) -> None:
    [ann, bob] = shop.customers(2)
    ann.email, bob.email = "ann@gmail.com", "bob@mygmail.com"
    shop.run(shop.campaign(), [ann, bob])
    for message in shop.session.exec(receivers.sa.select(Message)).scalars():
        message.state, message.handed_over_at = State.SENT, now - timedelta(days=2)
    shop.session.flush()
    said = [each.saw for each in receivers.complaints(shop.session, now)]
    assert [text.partition(" in ")[0] for text in said] == ["all receivers: 0 of 2", "Gmail: 0 of 1"]
