import pytest

from mailer.delivery.relay import Relay
from mailer.errors import Misconfigured


def test_a_password_is_never_sent_in_the_clear_to_another_machine() -> None:
    with pytest.raises(Misconfigured, match="only sent over TLS"):
        Relay.from_url("smtp://ann:secret@mail.example.com?tls=no")
    assert Relay.from_url("smtp://ann:secret@mail.example.com").tls == "required"
    assert Relay.from_url("smtps://ann:secret@mail.example.com").port == 465


@pytest.mark.parametrize(
    "url", ["smtp://", "smtp://mail.example.com:port", "smtp://mail.example.com?tls=perhaps", "smtp://a?speed=fast"]
)
def test_a_url_that_cannot_be_read_says_how_to_write_one(url: str) -> None:
    with pytest.raises(Misconfigured, match=r"delivery\.transport"):
        Relay.from_url(url)


def test_what_is_not_said_has_its_usual_value() -> None:
    assert (Relay.from_url("smtp://mail.example.com").port, Relay.from_url("smtp://a:b@localhost").tls) == (
        25,
        "offered",
    )
    given = Relay.from_url(
        "smtp://ann%40example.com:p%3Aw@mail.example.com:2525?tls=required&ca=ca.pem&hello=mx.example.com"
    )
    assert (given.user, given.password, given.port) == ("ann@example.com", "p:w", 2525)
    assert (given.tls, given.ca, given.hello) == ("required", "ca.pem", "mx.example.com")
