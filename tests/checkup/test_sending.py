import socket
import time
from datetime import datetime
from pathlib import Path

import dns.resolver
import pytest

from mailer import checkup
from mailer.checkup import Finding, Mark, Names, sending
from mailer.mail.dkim import new_key
from tests.checkup.conftest import Town, opened
from tests.checkup.nameserver import nameserver
from tests.delivery.sink import sink
from tests.drill.certificate import served


def found(town: Town, zone: str, now: datetime, silent: tuple[str, ...] = ()) -> dict[str, Finding]:
    """The finding of each name, the worst where there are several."""
    with nameserver(zone, silent) as names:
        checks = sending.checks(sending.Sender(town.house, names, now))
        told = [finding for check in checks for finding in check()]
    order = list(Mark)
    return {each.name: each for each in sorted(told, key=lambda each: order.index(each.mark))}


def test_where_all_is_well_nothing_is_to_do(town: Town, now: datetime) -> None:
    told = found(town, town.zone, now)
    assert {name: (each.mark, each.fix) for name, each in told.items()} == dict.fromkeys(
        ("TLS", "SPF", "DKIM", "DMARC", "alignment", "PTR", "MX", "MTA-STS", "TLS-RPT"), (Mark.GOOD, "")
    )
    assert "TLSv1.3" in told["TLS"].saw
    assert town.relay.got == []  # it was greeted, and nothing was sent


GOOD, LOOK, MEND = Mark.GOOD, Mark.LOOK, Mark.MEND
R, D, P = "reply.shop.example. IN", "_dmarc.shop.example. IN TXT", "7.2.0.192.in-addr.arpa. IN PTR"


@pytest.mark.parametrize(
    ("name", "lost", "put", "mark", "line"),
    [
        ("SPF", f"{R} TXT", "", MEND, f'{R} TXT "v=spf1 ip4:192.0.2.7 -all"'),
        ("SPF", f"{R} TXT", f'{R} TXT "v=spf1 mx ~all"', GOOD, ""),
        ("SPF", f"{R} TXT", f'{R} TXT "v=spf1 a:x.y ~all"', MEND, f'{R} TXT "v=spf1 a:x.y ip4:192.0.2.7 ~all"'),
        ("SPF", "nothing", f'{R} TXT "v=spf1 +all"', MEND, f"{R} TXT"),
        ("DKIM", "r1._domainkey", "", MEND, "r1._domainkey.shop.example. IN TXT"),
        ("DKIM", "r1._domainkey", 'r1._domainkey.shop.example. IN TXT "v=DKIM1; p="', MEND, "r1._domainkey."),
        ("DKIM", "e1._dom", 'e1._domainkey.shop.example. IN TXT "k=ed25519; p=AAAA"', MEND, "e1._domainkey."),
        ("DMARC", "_dmarc", "", MEND, f'{D} "v=DMARC1; p=none; rua=mailto:dmarc@shop.example"'),
        ("DMARC", "_dmarc", f'{D} "v=DMARC1; p=none"', LOOK, f'{D} "v=DMARC1; p=none; rua=mailto:dmarc@shop.example"'),
        ("DMARC", "_dmarc", f'{D} "v=DMARC1; p=none; rua=mailto:x@y.example; adkim=s"', LOOK,
         f'{D} "v=DMARC1; p=quarantine; rua=mailto:x@y.example; adkim=s"'),
        ("DMARC", "nothing", f'{D} "v=DMARC1; p=none"', MEND, D),
        ("DMARC", "_dmarc", f'{D} "v=DMARC1; rua=mailto:x@y.example"', MEND, "p=none"),
        ("alignment", "_dmarc", f'{D} "v=DMARC1; p=none; aspf=s"', LOOK, ""),
        ("PTR", "7.2.0", "", MEND, f"{P} mail.shop.example.\nmail.shop.example. IN A 192.0.2.7"),
        ("PTR", "7.2.0", f"{P} host7.isp.example.", MEND, "host7.isp.example. IN A 192.0.2.7"),
        ("MX", f"{R} MX", "", MEND, f"{R} MX 10 mail.shop.example."),
        ("MX", f"{R} MX", f"{R} MX 0 .", MEND, f"{R} MX 10"),
        ("MX", f"{R} MX", f"{R} MX 5 no.example.", MEND, f"{R} MX 10"),
        ("MX", f"{R} MX", f"{R} A 192.0.2.7", LOOK, f"{R} MX 10"),
        ("MTA-STS", "_mta-sts", "", LOOK, "_mta-sts.reply.shop.example. IN TXT"),
        ("TLS-RPT", "_smtp._tls", "", LOOK, "_smtp._tls.reply.shop.example. IN TXT"),
    ],
)  # fmt: skip
def test_what_is_not_well_comes_with_the_line_to_publish(
    town: Town, now: datetime, name: str, lost: str, put: str, mark: Mark, line: str
) -> None:
    told = found(town, f"{town.without(lost)}\n{put}", now)
    assert told[name].mark is mark, told[name]
    assert line in told[name].publish
    assert bool(told[name].fix) == (mark is not Mark.GOOD)
    others = {each for each, finding in told.items() if finding.mark is Mark.MEND} - {name}
    assert others == set()


@pytest.mark.parametrize("name", ["SPF", "DKIM", "DMARC", "PTR", "MX"])
def test_publishing_what_it_says_mends_it(town: Town, now: datetime, name: str) -> None:
    lost = {"SPF": "reply.shop.example. IN TXT", "DKIM": "r1._domainkey", "DMARC": "_dmarc", "PTR": "7.2.0.192",
            "MX": "reply.shop.example. IN MX"}[name]  # fmt: skip
    zone = town.without(lost)
    publish = found(town, zone, now)[name].publish
    assert found(town, f"{zone}\n{publish}", now)[name].mark in (Mark.GOOD, Mark.LOOK)


def test_what_nobody_answers_is_unknown_and_not_wrong(town: Town, now: datetime) -> None:
    told = found(town, town.zone, now, silent=("_domainkey.shop.example.",))
    assert told["DKIM"].mark is Mark.UNKNOWN
    assert "could not ask" in told["DKIM"].saw
    assert told["SPF"].mark is Mark.GOOD


def test_without_a_network_all_is_unknown_within_seconds(tmp_path: Path, now: datetime) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], nobody.getsockname()[1]
        house = opened(tmp_path, transport="smtp://mail.shop.example:587")
        house.__dict__["dkim"] = ()
        began = time.monotonic()
        told = [
            finding
            for check in sending.checks(sending.Sender(house, Names(resolver, seconds=0.5), now))
            for finding in check()
        ]
        assert time.monotonic() - began < 3
        house.close()
    marks = {each.name: each.mark for each in told}
    assert marks.pop("DKIM") is Mark.MEND  # no key signs: nobody has to be asked
    assert set(marks) >= {"TLS", "SPF", "DMARC", "PTR", "MX"}
    assert set(marks.values()) == {Mark.UNKNOWN}


def test_a_relay_is_asked_as_a_message_would_ask_it(tmp_path: Path, now: datetime, town: Town) -> None:
    certificate = tmp_path / "other.pem"

    def asked(transport: str, at: datetime = now) -> Finding:
        house = opened(tmp_path / "other", transport=transport)
        [check] = sending.relay_checks(sending.Sender(house, Names(), at))
        [finding] = check()
        house.close()
        return finding

    (tmp_path / "other").mkdir()
    with sink() as plain:
        assert asked(f"smtp://127.0.0.1:{plain.port}").mark is Mark.GOOD  # this very machine
        refused = asked(f"smtp://127.0.0.1:{plain.port}?tls=required")
        assert (refused.mark, "STARTTLS" in refused.saw) == (Mark.MEND, True)
    assert asked(f"smtp://127.0.0.1:{plain.port}").mark is Mark.MEND  # nobody there
    with sink(tls=served(certificate, days=90), auth=True) as server:
        wrong = asked(f"smtp://ann:wrong@127.0.0.1:{server.port}?tls=required&ca={certificate}")
        assert (wrong.mark, "535" in wrong.saw) == (Mark.MEND, True)
        assert "wrong@" not in wrong.saw
    with sink(tls=served(certificate, "127.0.0.2")) as server:
        other = asked(f"smtp://127.0.0.1:{server.port}?tls=required&ca={certificate}")
        assert (other.mark, "IP address mismatch" in other.saw) == (Mark.MEND, True)


def test_a_certificate_that_ends_soon_is_told_in_time(tmp_path: Path, town: Town) -> None:
    from mailer import clock

    certificate = tmp_path / "soon.pem"
    (tmp_path / "soon").mkdir()
    with sink(tls=served(certificate, days=5)) as server:
        house = opened(tmp_path / "soon", transport=f"smtp://127.0.0.1:{server.port}?tls=required&ca={certificate}")
        [check] = sending.relay_checks(sending.Sender(house, Names(), clock.now()))
        [finding] = check()
        house.close()
    assert finding.mark is Mark.LOOK
    assert "renew" in finding.fix


def test_a_house_whose_email_stays_at_home_asks_nobody(tmp_path: Path, now: datetime) -> None:
    house = opened(tmp_path, transport="file:var/outgoing")
    with nameserver("", silent=(".",)) as names:
        [check] = sending.checks(sending.Sender(house, names, now))
        assert [(each.name, each.mark) for each in check()] == [("way out", Mark.LOOK)]
    house.close()


def test_another_key_of_the_same_selector_is_found_out(town: Town, now: datetime) -> None:
    (town.house.home.root / "var/dkim/r1.pem").write_bytes(new_key("rsa"))
    told = found(town, town.zone, now)
    assert "another key" in told["DKIM"].saw


def test_the_addresses_of_a_relay_are_those_it_is_known_by(town: Town, tmp_path: Path, now: datetime) -> None:
    (tmp_path / "far").mkdir()
    house = opened(tmp_path / "far", transport="smtp://mail.shop.example")
    bare = house.settings.delivery.model_copy(update={"sends_from": ""})
    house.settings = house.settings.model_copy(update={"delivery": bare})
    with nameserver(town.zone) as names:
        assert sending.Sender(house, names, now).addresses() == ["192.0.2.7"]
    house.close()


def test_every_finding_can_be_read_by_a_machine(town: Town, now: datetime) -> None:
    with nameserver(town.zone) as names:
        told = [each.to_data() for each in checkup.check(town.house, now, names)]
    assert {each["group"] for each in told} == {"House", "Sending", "Letter", "Complaints", "Receivers"}
    assert all(set(each) == {"group", "name", "mark", "saw", "fix", "publish"} for each in told)
