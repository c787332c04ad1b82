"""A house that sends from shop.example through a relay of our own, and the zone that makes it believed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailer.delivery import signing
from mailer.house import House
from mailer.mail.dkim import published
from mailer.paths import Home
from mailer.settings import Brand, Delivery, Dkim, Replies, Settings
from tests.delivery.sink import Sink, sink
from tests.drill.certificate import served

SENDS_FROM = "192.0.2.7"
REST = f"""
reply.shop.example. IN TXT "v=spf1 ip4:{SENDS_FROM} -all"
_dmarc.shop.example. IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@shop.example"
7.2.0.192.in-addr.arpa. IN PTR mail.shop.example.
mail.shop.example. IN A {SENDS_FROM}
reply.shop.example. IN MX 10 mail.shop.example.
_mta-sts.reply.shop.example. IN TXT "v=STSv1; id=1"
_smtp._tls.reply.shop.example. IN TXT "v=TLSRPTv1; rua=mailto:tls@shop.example"
"""


@dataclass
class Town:
    """The house, its relay, and the zone in which all is well."""

    house: House
    relay: Sink
    zone: str

    def without(self, *starts: str) -> str:
        """The zone without the lines that begin so."""
        return "\n".join(line for line in self.zone.splitlines() if not line.startswith(starts))


def opened(folder: Path, **delivery: object) -> House:
    given = Settings(
        brand=Brand(base_url="https://mail.shop.example"),
        delivery=Delivery(domain="shop.example", sends_from=SENDS_FROM, **delivery),
        dkim=Dkim(keys="r1=var/dkim/r1.pem e1=var/dkim/e1.pem"),
        replies=Replies(domain="reply.shop.example"),
    )
    house = House(Home(folder), given)
    house.store.create()
    return house


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    keys = [
        signing.make(Home(tmp_path), "shop.example", name, kind)[0] for name, kind in (("r1", "rsa"), ("e1", "ed25519"))
    ]
    certificate = tmp_path / "relay.pem"
    with sink(tls=served(certificate, days=90)) as relay:
        house = opened(tmp_path, transport=f"smtp://127.0.0.1:{relay.port}?tls=required&ca={certificate}")
        yield Town(house, relay, "\n".join([*map(published, keys), REST]))
        house.close()
