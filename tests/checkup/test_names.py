import socket
import time

import dns.resolver
import pytest

from mailer.checkup.names import Names, Silent, pointer
from tests.checkup.nameserver import nameserver

ZONE = """
shop.example. IN MX 20 b.shop.example.
shop.example. IN MX 10 a.shop.example.
shop.example. IN TXT "one" " and two"
a.shop.example. IN A 192.0.2.7
a.shop.example. IN AAAA 2001:db8::7
7.2.0.192.in-addr.arpa. IN PTR a.shop.example.
"""


def test_what_is_published_is_read() -> None:
    with nameserver(ZONE) as names:
        assert names.texts("shop.example") == ["one and two"]
        assert names.mail_servers("shop.example") == ["a.shop.example", "b.shop.example"]
        assert names.addresses("a.shop.example") == ["192.0.2.7", "2001:db8::7"]
        assert names.addresses("192.0.2.9") == ["192.0.2.9"]
        assert names.pointers("192.0.2.7") == ["a.shop.example"]
        assert pointer("192.0.2.7") == "7.2.0.192.in-addr.arpa."


def test_what_is_not_there_is_an_empty_answer() -> None:
    with nameserver(ZONE) as names:
        assert names.texts("nowhere.example") == []
        assert names.mail_servers("a.shop.example") == []


def test_a_name_nobody_answers_for_is_silent_and_the_others_are_not() -> None:
    with nameserver(ZONE, silent=("lame.example.",)) as names:
        with pytest.raises(Silent, match=r"no answer about x\.lame\.example"):
            names.texts("x.lame.example")
        assert names.texts("shop.example")


def test_without_a_network_it_is_said_once_and_quickly() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], nobody.getsockname()[1]
        names = Names(resolver, seconds=0.5)
        began = time.monotonic()
        for name in ("a.example", "b.example", "c.example", "d.example"):
            with pytest.raises(Silent, match="nobody answers"):
                names.texts(name)
        assert time.monotonic() - began < 1.5
