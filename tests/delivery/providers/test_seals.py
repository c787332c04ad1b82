"""Signatures: ours to check, made as the providers make them, and checked by their own code too."""

import dataclasses
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import resend as resend_sdk
from mailgun.security import SecurityGuard
from sendgrid.helpers.eventwebhook import EventWebhook

from mailer.delivery import providers
from mailer.delivery.providers import sns
from mailer.delivery.providers.told import Hook, Posted
from mailer.errors import Misconfigured, Temporary
from mailer.settings import Hooks, Secret
from tests.delivery.providers import fakes, posts
from tests.delivery.providers.fakes import Fake
from tests.delivery.providers.posts import TOPIC, Event, wrapped

NAMES = sorted(providers.APIS)


@pytest.fixture
def amazon() -> Iterator[Fake]:
    sns._kept.clear()
    with fakes.running(posts.sns) as fake:
        yield fake


def hook(name: str, origin: str = "") -> Hook:
    found = providers.hook(name, posts.keys(origin))
    assert found is not None
    return found


@pytest.mark.parametrize("name", NAMES)
def test_what_a_provider_signed_now_is_believed(name: str, amazon: Fake, now: datetime) -> None:
    posted = posts.post(name, Event("delivered", now), now, amazon.url)
    assert hook(name, amazon.url).verified(posted, now)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_changed_on_the_way_is_not_believed(name: str, amazon: Fake, now: datetime) -> None:
    posted = posts.post(name, Event("delivered", now), now, amazon.url)
    checker = hook(name, amazon.url)
    headers = [
        {**posted.headers, key: value[:-3] + ("AAA" if value[-3:] != "AAA" else "BBB")}
        for key, value in posted.headers.items()
    ]
    changed = [Posted(posted.body, each) for each in headers if name not in ("ses", "mailgun")]
    changed += [Posted(b"", posted.headers), Posted(b"[]", posted.headers), Posted(b"\xff{", posted.headers)]
    if name in ("ses", "sendgrid", "resend"):
        changed.append(Posted(posted.body.replace(b"c1@", b"c2@"), posted.headers))
    if name == "mailgun":
        seal = json.loads(posted.body)
        for key in seal["signature"]:
            broken = {**seal, "signature": {**seal["signature"], key: "1"}}
            changed.append(Posted(json.dumps(broken).encode(), {}))
    if name != "postmark":
        assert not any(checker.verified(each, now) for each in changed)
    assert not checker.verified(Posted(posted.body, {}), now) or name in ("ses", "mailgun")


@pytest.mark.parametrize(("name", "minutes"), [("sendgrid", 6), ("resend", 6), ("mailgun", 16), ("ses", 71)])
def test_what_was_signed_long_ago_is_not_believed(name: str, minutes: int, amazon: Fake, now: datetime) -> None:
    for then in (now - timedelta(minutes=minutes), now + timedelta(minutes=6)):
        assert not hook(name, amazon.url).verified(posts.post(name, Event("opened", then), then, amazon.url), now)
    just = now - timedelta(minutes=minutes - 2)
    assert hook(name, amazon.url).verified(posts.post(name, Event("opened", just), just, amazon.url), now)


@pytest.mark.parametrize("name", NAMES)
def test_a_provider_without_a_key_is_not_heard(name: str) -> None:
    assert providers.hook(name, Hooks()) is None
    assert providers.hook("pigeon", posts.keys()) is None


def test_a_key_that_is_none_is_explained() -> None:
    for given in (Hooks(sendgrid_key="none"), Hooks(sendgrid_key=posts.sendgrid_key()[:-8])):
        with pytest.raises(Misconfigured, match="sendgrid_key"):
            providers.hook("sendgrid", given)
    with pytest.raises(Misconfigured, match="resend_secret") as error:
        providers.hook("resend", Hooks(resend_secret=Secret("whsec_hidden!")))
    assert "hidden" not in str(error.value)


def test_secrets_of_webhooks_are_never_shown() -> None:
    shown = repr(posts.keys()) + str(posts.keys())
    assert posts.LOGIN not in shown
    assert posts.MAILGUN_KEY not in shown
    assert posts.RESEND_SECRET not in shown


# The providers' own code


def test_sendgrids_own_code_believes_our_signature(now: datetime) -> None:
    posted = posts.post("sendgrid", Event("delivered", now), now)
    signature, stamp = (posted.headers[f"x-twilio-email-event-webhook-{name}"] for name in ("signature", "timestamp"))
    theirs = EventWebhook(posts.sendgrid_key())
    assert theirs.verify_signature(posted.body.decode(), signature, stamp)
    assert not theirs.verify_signature(posted.body.decode() + " ", signature, stamp)


def test_mailguns_own_code_believes_our_signature() -> None:
    at = datetime.fromtimestamp(int(time.time()), UTC)
    seal = json.loads(posts.post("mailgun", Event("delivered", at), at).body)["signature"]
    assert SecurityGuard.verify_webhook(posts.MAILGUN_KEY, seal["token"], seal["timestamp"], seal["signature"])
    assert not SecurityGuard.verify_webhook("another", seal["token"], seal["timestamp"], seal["signature"])


def test_resends_own_code_believes_our_signature() -> None:
    at = datetime.fromtimestamp(int(time.time()), UTC)
    posted = posts.post("resend", Event("delivered", at), at)
    headers = {name: posted.headers[f"svix-{name}"] for name in ("id", "timestamp", "signature")}
    options = {"payload": posted.body.decode(), "headers": headers, "webhook_secret": posts.RESEND_SECRET}
    resend_sdk.Webhooks.verify(options)
    with pytest.raises(ValueError, match="signature"):
        resend_sdk.Webhooks.verify({**options, "payload": posted.body.decode() + " "})


def test_sns_is_signed_as_its_documentation_says(amazon: Fake, now: datetime) -> None:
    url = f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t"
    subscription = {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": url}
    for version in ("1", "2"):
        for more in ({}, {"Subject": "Hello"}, subscription):
            told = wrapped("words", now, amazon.url, SignatureVersion=version, **more)
            assert sns.verified(told, frozenset({TOPIC}), amazon.url, now)
            assert not sns.verified({**told, "Message": "other words"}, frozenset({TOPIC}), amazon.url, now)
    told = {"Type": "Notification", "Message": "M", "MessageId": "I", "Timestamp": "T", "TopicArn": "A", "Subject": "S"}
    assert (
        sns.canonical(told) == b"Message\nM\nMessageId\nI\nSubject\nS\nTimestamp\nT\nTopicArn\nA\nType\nNotification\n"
    )


# SNS


@pytest.mark.parametrize(
    "change",
    [
        {"TopicArn": "arn:aws:sns:eu-west-1:999999999999:somebody"},
        {"Type": "Surprise"},
        {"SignatureVersion": "3"},
        {"Timestamp": "yesterday"},
        {"Timestamp": None},
        {"Signature": "%%%"},
        {"Signature": None},
    ],
)
def test_what_sns_would_not_send_is_not_believed(change: dict[str, object], amazon: Fake, now: datetime) -> None:
    told = wrapped("words", now, amazon.url)
    assert sns.verified(told, frozenset({TOPIC}), amazon.url, now)
    assert not sns.verified({**told, **change}, frozenset({TOPIC}), amazon.url, now)


@pytest.mark.parametrize(
    "address",
    [
        "http://sns.eu-west-1.amazonaws.com/a.pem", "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com/a.pem", "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/a.pem", "https://bucket.s3.eu-west-1.amazonaws.com/a.pem",
        "https://sns.evil.example/a.pem", "https://sns.eu-west-1.amazonaws.com/a.txt", "https://[/a.pem", "", None,
        "https://sns.eu-west-1.amazonaws.com\n/a.pem/../x",
    ],
)  # fmt: skip
def test_a_certificate_is_fetched_from_amazon_only(address: str | None, now: datetime) -> None:
    told = {**wrapped("words", now, ""), "SigningCertURL": address}
    assert not sns.verified(told, frozenset({TOPIC}), "", now)  # and no network was asked: that would be Temporary


def test_amazons_own_addresses_are_known() -> None:
    for region in ("eu-west-1", "us-gov-west-1", "ap-southeast-2"):
        assert sns._is_amazons(f"https://sns.{region}.amazonaws.com/SimpleNotificationService-0.pem", "")
    assert sns._is_amazons("https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0.pem", "")


def test_a_certificate_is_fetched_once_and_one_that_cannot_be_is_asked_for_later(amazon: Fake, now: datetime) -> None:
    checker, posted = hook("ses", amazon.url), posts.post("ses", Event("opened", now), now, amazon.url)
    amazon.moods = [fakes.said(500), (200, {}, b"no certificate"), "drop"]
    for _ in range(3):
        with pytest.raises(Temporary):
            checker.verified(posted, now)
    assert checker.verified(posted, now)
    assert checker.verified(posted, now)
    assert len(amazon.requests) == 4


def test_a_certificate_counts_only_while_it_is_valid(amazon: Fake, now: datetime) -> None:
    amazon.moods = [(200, {}, posts.certificate(now + timedelta(days=1)))]
    assert not hook("ses", amazon.url).verified(posts.post("ses", Event("opened", now), now, amazon.url), now)


def subscription(amazon: Fake, now: datetime, **change: str) -> Posted:
    url = f"{amazon.url}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t"
    more = {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": url, **change}
    return Posted(json.dumps(wrapped("You have chosen to subscribe", now, amazon.url, **more)).encode(), {})


def test_a_topic_of_ours_is_subscribed(amazon: Fake, now: datetime) -> None:
    checker, posted = hook("ses", amazon.url), subscription(amazon, now)
    assert checker.verified(posted, now)
    assert checker.take(posted) == []
    assert amazon.kept == [f"/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t"]


def test_a_topic_of_somebody_else_is_not_subscribed(amazon: Fake, now: datetime) -> None:
    other = "arn:aws:sns:eu-west-1:999999999999:somebody"
    assert not hook("ses", amazon.url).verified(subscription(amazon, now, TopicArn=other), now)
    for url in (
        "http://evil.example/?Action=ConfirmSubscription",
        f"{amazon.url}/?Action=ConfirmSubscription&TopicArn={other}&Token=t",
        f"{amazon.url}/?Action=DeleteTopic&TopicArn={TOPIC}",
    ):
        assert hook("ses", amazon.url).take(subscription(amazon, now, SubscribeURL=url)) == []
    assert amazon.kept == []


def test_what_sns_says_that_is_no_event_is_passed_over(amazon: Fake, now: datetime) -> None:
    checker = hook("ses", amazon.url)
    for words in ("Successfully validated SNS topic for Amazon SES event publishing.", "[]", "7"):
        told = wrapped(words, now, amazon.url)
        assert checker.take(Posted(json.dumps(told).encode(), {})) == []
    ending = wrapped("bye", now, amazon.url, Type="UnsubscribeConfirmation", Token="t", SubscribeURL=amazon.url)
    assert checker.take(Posted(json.dumps(ending).encode(), {})) == []


def test_a_hook_is_frozen_and_says_nothing_of_its_key() -> None:
    assert posts.LOGIN not in repr(hook("postmark"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        Posted(b"", {}).body = b"x"  # type: ignore[misc]
