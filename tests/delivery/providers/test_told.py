"""Each provider's events in our words."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.delivery import providers
from mailer.delivery.providers.told import Posted, Told, Weight, Word, instant
from tests.delivery.providers import posts
from tests.delivery.providers.posts import IDENT, TO, Event

NAMES = sorted(providers.APIS)
AT = datetime(2026, 3, 16, 9, 58, 30, tzinfo=UTC)
SILENT = {("postmark", "accepted"), ("resend", "unsubscribed")}  # what they have no event for
PAIRS = [(name, word) for name in NAMES for word in Word if (name, str(word)) not in SILENT]


def take(name: str, posted: Posted) -> list[Told]:
    hook = providers.hook(name, posts.keys())
    assert hook is not None
    return hook.take(posted)


def told(name: str, event: Event) -> Told:
    (found,) = take(name, posts.post(name, event, AT))
    return found


@pytest.mark.parametrize(("name", "word"), PAIRS)
def test_an_event_becomes_the_word_and_leads_back_to_our_message(name: str, word: Word) -> None:
    found = told(name, Event(word, AT))
    assert found.kind == word
    assert found.message_id == IDENT
    assert found.address == TO
    assert found.at is not None
    assert abs(found.at - AT) < timedelta(seconds=1)
    assert found.provider == name
    assert found.event_id
    assert found.queue_id in ("0102-1", "sg-1", "pm-1", "re-1", IDENT)
    assert found.detail
    assert found.url == ("https://shop.example/x" if word is Word.CLICKED else "")
    if word is Word.CLICKED:
        assert found.agent == "Mozilla/5.0"
    if word is Word.BOUNCED:
        assert found.weight is Weight.HARD
        assert "nobody here" in found.words
    else:
        assert found.weight is Weight.NONE


@pytest.mark.parametrize("name", NAMES)
def test_a_bounce_that_may_pass_is_soft(name: str) -> None:
    assert told(name, Event("bounced", AT, hard=False)).weight is Weight.SOFT


@pytest.mark.parametrize("name", NAMES)
def test_an_event_told_again_has_the_same_id_and_another_one_has_not(name: str) -> None:
    later = AT + timedelta(minutes=3)
    first, again = (take(name, posts.post(name, Event("bounced", AT), when))[0] for when in (AT, later))
    other = take(name, posts.post(name, Event("bounced", AT, number=2), AT))[0]
    assert first.event_id == again.event_id != other.event_id


@pytest.mark.parametrize("name", NAMES)
def test_an_event_nobody_has_heard_of_keeps_its_name(name: str) -> None:
    assert "fainted" in told(name, Event("fainted", AT)).kind


@pytest.mark.parametrize(
    ("name", "event", "kind", "weight"),
    [
        ("ses", Event("Complaint", AT, more={"complaintFeedbackType": "not-spam"}), "not-spam", Weight.NONE),
        ("ses", Event("Subscription", AT, more={"newTopicPreferences": {}}), "Subscription", Weight.NONE),
        ("ses", Event("Reject", AT, more={"reason": "Bad content"}), Word.BOUNCED, Weight.NONE),
        ("sendgrid", Event("dropped", AT, more={"reason": "Bounced Address"}), Word.BOUNCED, Weight.HARD),
        ("sendgrid", Event("dropped", AT, more={"reason": "Unsubscribed Address"}), Word.UNSUBSCRIBED, Weight.NONE),
        ("sendgrid", Event("dropped", AT, more={"reason": "Spam Reporting Address"}), Word.COMPLAINED, Weight.NONE),
        ("sendgrid", Event("dropped", AT, more={"reason": "Spam Content"}), Word.BOUNCED, Weight.NONE),
        ("sendgrid", Event("group_unsubscribe", AT), Word.UNSUBSCRIBED, Weight.NONE),
        ("sendgrid", Event("group_resubscribe", AT), "group_resubscribe", Weight.NONE),
        ("postmark", Event("bounced", AT, more={"Type": "AutoResponder"}), "AutoResponder", Weight.NONE),
        ("postmark", Event("bounced", AT, more={"Type": "SpamNotification"}), Word.COMPLAINED, Weight.NONE),
        ("postmark", Event("unsubscribed", AT, more={"SuppressSending": False}), "Resubscribed", Weight.NONE),
        ("postmark", Event("unsubscribed", AT, more={"SuppressionReason": "HardBounce"}), Word.BOUNCED, Weight.HARD),
        ("mailgun", Event("bounced", AT, more={"reason": "suppress-unsubscribe"}), Word.UNSUBSCRIBED, Weight.NONE),
        ("mailgun", Event("bounced", AT, more={"reason": "suppress-complaint"}), Word.COMPLAINED, Weight.NONE),
        ("mailgun", Event("rejected", AT, more={"reject": {"reason": "virus"}}), Word.BOUNCED, Weight.NONE),
        ("resend", Event("email.suppressed", AT), Word.BOUNCED, Weight.HARD),
        ("resend", Event("email.failed", AT), Word.BOUNCED, Weight.NONE),
        ("resend", Event("contact.updated", AT), "contact.updated", Weight.NONE),
    ],
)  # fmt: skip
def test_what_is_not_what_it_seems_is_told_apart(name: str, event: Event, kind: str, weight: Weight) -> None:
    found = told(name, event)
    assert (found.kind, found.weight) == (kind, weight)


def test_our_message_is_found_by_its_header_where_the_label_did_not_come_back() -> None:
    outer = posts.ses(Event("delivered", AT), "")
    inner = json.loads(outer["Message"])
    del inner["mail"]["tags"]
    plain = {**inner, "notificationType": inner.pop("eventType")}  # a notification without a configuration set
    headerless = {**plain, "mail": {**plain["mail"], "headers": [], "commonHeaders": {"messageId": f"<{IDENT}>"}}}
    for event in (plain, headerless):
        (found,) = take("ses", Posted(json.dumps({**outer, "Message": json.dumps(event)}).encode(), {}))
        assert (found.message_id, found.kind) == (IDENT, Word.DELIVERED)
    assert told("sendgrid", Event("delivered", AT, more={"lifeline-message": None})).message_id == IDENT
    assert told("mailgun", Event("delivered", AT, more={"user-variables": {}})).message_id == IDENT
    listed = [{"name": "lifeline_message", "value": IDENT.encode().hex()}]
    assert told("resend", Event("delivered", AT, more={"tags": listed})).message_id == IDENT
    headers = [{"name": "Message-ID", "value": f"<{IDENT}>"}]
    assert told("resend", Event("delivered", AT, more={"tags": {}, "headers": headers})).message_id == IDENT
    assert told("resend", Event("delivered", AT, more={"tags": {"lifeline_message": "xyz"}})).message_id == ""


def test_an_email_to_many_becomes_an_event_for_each() -> None:
    people = [{"emailAddress": f"c{n}@example.com", "status": "5.1.1"} for n in (1, 2)]
    found = take("ses", posts.post("ses", Event("bounced", AT, more={"bouncedRecipients": people}), AT))
    assert [each.address for each in found] == ["c1@example.com", "c2@example.com"]
    assert len({each.event_id for each in found}) == 2


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(sorted(Word)), st.data())
def test_whatever_stands_in_an_event_it_is_kept_and_is_no_error(name: str, word: str, data: st.DataObject) -> None:
    given_event = Event(word, AT)
    shapes = {"sendgrid": posts.sendgrid, "postmark": posts.postmark, "mailgun": posts.mailgun, "resend": posts.resend}
    outer = posts.ses(given_event, "") if name == "ses" else {}
    event = json.loads(outer["Message"]) if name == "ses" else shapes[name](given_event)
    where = data.draw(st.sampled_from(sorted(event)))
    if isinstance(event[where], dict) and data.draw(st.booleans()):
        event[where][data.draw(st.sampled_from(sorted(event[where]) or ["x"]))] = data.draw(JUNK)
    else:
        event[where] = data.draw(JUNK)
    body = {"ses": {**outer, "Message": json.dumps(event)}, "sendgrid": [event], "mailgun": {"event-data": event}}
    found = take(name, Posted(json.dumps(body.get(name, event)).encode(), {"svix-id": "msg_1"}))
    for each in found:
        texts = (each.event_id, each.kind, each.address, each.message_id, each.words, each.url, each.agent, each.status)
        assert all(isinstance(text, str) for text in texts)
        json.dumps(each.detail)


@pytest.mark.parametrize("name", ["sendgrid", "postmark", "mailgun", "resend"])
@pytest.mark.parametrize("body", [b"", b"7", b"[]", b"{}", b"[7]", b"null", b"\xff", b'"words"'])
def test_a_body_that_tells_nothing_is_nothing(name: str, body: bytes) -> None:
    assert all(found.message_id == "" for found in take(name, Posted(body, {})))


def test_a_time_is_read_however_it_is_written() -> None:
    right = datetime(2026, 3, 16, 10, tzinfo=UTC)
    texts = (
        "2026-03-16T10:00:00Z",
        "2026-03-16T10:00:00.0000000Z",
        "2026-03-16 11:00:00+01",
        "1773655200",
        1773655200.0,
    )
    assert [instant(each) for each in texts] == [right] * 5
    assert [instant(each) for each in ("", None, "soon", {}, "9" * 30, float("inf"))] == [None] * 6
