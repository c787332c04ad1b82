import pytest

from mailer.checkup import dmarc
from tests.checkup.nameserver import nameserver

RECORD = '_dmarc.shop.example. IN TXT "v=DMARC1; p=reject; rua=mailto:d@shop.example"'


def test_a_record_holds_for_what_lies_below_it() -> None:
    with nameserver(RECORD) as names:
        found = dmarc.policy(names, "news.eu.shop.example")
        assert found
        assert (found.domain, found.action, found.tags["rua"]) == ("shop.example", "reject", "mailto:d@shop.example")
        assert dmarc.policy(names, "other.example") is None


@pytest.mark.parametrize(
    ("one", "other", "strict", "expected"),
    [
        ("shop.example", "shop.example", True, True),
        ("shop.example", "SHOP.example", False, True),
        ("reply.shop.example", "shop.example", False, True),
        ("reply.shop.example", "shop.example", True, False),
        ("reply.shop.example", "news.shop.example", False, True),  # one organisation, as its DMARC record says
        ("reply.other.example", "news.other.example", False, False),  # nobody says so
        ("badshop.example", "shop.example", False, False),
    ],
)
def test_domains_of_one_organisation_agree(one: str, other: str, strict: bool, expected: bool) -> None:
    with nameserver(RECORD) as names:
        assert dmarc.aligned(names, one, other, strict=strict) is expected
        assert dmarc.aligned(names, other, one, strict=strict) is expected
