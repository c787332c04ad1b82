"""The providers' own clients take our stand-ins for the real thing."""

import base64
from collections.abc import Iterator

import boto3
import postmarker.core
import pytest
import python_http_client.exceptions
import resend as resend_sdk
import sendgrid as sendgrid_sdk
from botocore.config import Config
from botocore.exceptions import ClientError
from mailgun.client import Client as MailgunClient
from postmarker.exceptions import ClientError as PostmarkError
from sendgrid.helpers.mail import CustomArg, Header, Mail

from tests.delivery.letters import data
from tests.delivery.providers import fakes
from tests.delivery.providers.fakes import DOMAIN, KEY, REGION, SECRET, Fake


@pytest.fixture
def fake(request: pytest.FixtureRequest) -> Iterator[Fake]:
    with fakes.running(fakes.FAKES[request.param]) as running:
        yield running


def boto(fake: Fake, secret: str = SECRET) -> object:
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client(
        "sesv2",
        region_name=REGION,
        endpoint_url=fake.url,
        aws_access_key_id=KEY,
        aws_secret_access_key=secret,
        config=once,
    )


@pytest.mark.parametrize("fake", ["ses"], indirect=True)
def test_boto3_sends_through_our_ses(fake: Fake) -> None:
    ask = {"Destination": {"ToAddresses": ["c1@example.com"]}, "Content": {"Raw": {"Data": data()}}}
    answer = boto(fake).send_email(**ask, EmailTags=[{"Name": "lifeline-message", "Value": "m1@shop.example"}])
    assert answer["MessageId"] == "0102-1"
    assert fake.kept == [{"to": "c1@example.com", "raw": data(), "tags": {"lifeline-message": "m1@shop.example"}}]
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        boto(fake, "another").send_email(**ask)
    ask["Content"]["Raw"]["Data"] = data(sender="unverified@shop.example")
    with pytest.raises(ClientError, match="MessageRejected"):
        boto(fake).send_email(**ask)


@pytest.mark.parametrize("fake", ["sendgrid"], indirect=True)
def test_sendgrids_client_sends_through_our_sendgrid(fake: Fake) -> None:
    mail = Mail("maya@shop.example", "c1@example.com", "Hello", "text", "<p>html</p>")
    mail.header, mail.custom_arg = Header("List-Id", "<x>"), CustomArg("lifeline-message", "m1@shop.example")
    answer = sendgrid_sdk.SendGridAPIClient(KEY, host=fake.url).send(mail)
    assert (answer.status_code, answer.headers["X-Message-Id"]) == (202, "sg-1")
    assert (fake.kept[0]["text"], fake.kept[0]["html"], fake.kept[0]["label"]) == (
        "text",
        "<p>html</p>",
        "m1@shop.example",
    )
    with pytest.raises(python_http_client.exceptions.UnauthorizedError):
        sendgrid_sdk.SendGridAPIClient("another", host=fake.url).send(mail)
    mail.header = Header("Subject", "mine")
    with pytest.raises(python_http_client.exceptions.BadRequestsError):
        sendgrid_sdk.SendGridAPIClient(KEY, host=fake.url).send(mail)


@pytest.mark.parametrize("fake", ["postmark"], indirect=True)
def test_postmarker_sends_through_our_postmark(fake: Fake) -> None:
    client = postmarker.core.PostmarkClient(server_token=KEY, root_api_url=fake.url)
    mail = {"From": "maya@shop.example", "Subject": "Hello", "TextBody": "text", "Headers": {"List-Id": "<x>"}}
    answer = client.emails.send(**mail, To="c1@example.com", Metadata={"lifeline-message": "m1@shop.example"})
    assert (answer["ErrorCode"], answer["MessageID"]) == (0, "pm-1")
    assert (fake.kept[0]["text"], fake.kept[0]["label"]) == ("text", "m1@shop.example")
    with pytest.raises(PostmarkError, match="inactive"):
        client.emails.send(**mail, To="inactive@example.com")
    with pytest.raises(PostmarkError, match="Server Token"):
        postmarker.core.PostmarkClient(server_token="another", root_api_url=fake.url).emails.send(
            **mail, To="c@example.com"
        )
    client.session.close()


@pytest.mark.parametrize("fake", ["mailgun"], indirect=True)
def test_mailguns_client_sends_through_our_mailgun(fake: Fake) -> None:
    with MailgunClient(auth=("api", KEY), api_url=fake.url) as client:
        form = {"to": "c1@example.com", "v:lifeline-message": "m1@shop.example"}
        mime = [("message", ("message.mime", data(), "message/rfc822"))]
        answer = client.mimemessage.create(data=form, files=mime, domain=DOMAIN)
        assert (answer.status_code, answer.json()["id"]) == (200, "<m1@shop.example>")
        assert fake.kept == [{"to": "c1@example.com", "raw": data(), "label": "m1@shop.example"}]
    assert base64.b64encode(f"api:{KEY}".encode()).decode() in fake.requests[0].headers["authorization"]


@pytest.mark.parametrize("fake", ["resend"], indirect=True)
def test_resends_client_sends_through_our_resend_and_twice_with_one_key_is_once(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resend_sdk, "api_url", fake.url)
    monkeypatch.setattr(resend_sdk, "api_key", KEY)
    mail = {"from": "Maya <maya@shop.example>", "to": ["c1@example.com"], "subject": "Hello", "text": "text"}
    tagged = {**mail, "tags": [{"name": "lifeline_message", "value": b"m1@shop.example".hex()}]}
    answers = [resend_sdk.Emails.send(tagged, {"idempotency_key": "one"}) for _ in range(2)]
    assert [answer["id"] for answer in answers] == ["re-1", "re-1"]
    assert [kept["label"] for kept in fake.kept] == ["m1@shop.example"]
    with pytest.raises(resend_sdk.exceptions.ResendError, match="payload differs"):
        resend_sdk.Emails.send(mail, {"idempotency_key": "one"})
    with pytest.raises(resend_sdk.exceptions.ResendError, match="Invalid `to`"):
        resend_sdk.Emails.send({**mail, "to": ["refused@example.com"]})
    monkeypatch.setattr(resend_sdk, "api_key", "another")
    with pytest.raises(resend_sdk.exceptions.ResendError, match="API key is invalid"):
        resend_sdk.Emails.send(mail)
