"""The examples of RFC 7208, appendix A, as an oracle; and what receivers refuse to evaluate."""

import pytest

from mailer.checkup import spf
from tests.checkup.nameserver import nameserver

ZONE = """
example.com. IN MX 10 mail-a.example.com.
example.com. IN MX 20 mail-b.example.com.
example.com. IN A 192.0.2.10
example.com. IN A 192.0.2.11
amy.example.com. IN A 192.0.2.65
bob.example.com. IN A 192.0.2.66
mail-a.example.com. IN A 192.0.2.129
mail-b.example.com. IN A 192.0.2.130
example.org. IN MX 10 mail-c.example.org.
mail-c.example.org. IN A 192.0.2.140
"""


def result(address: str, *lines: str) -> spf.Spf:
    with nameserver(ZONE + "\n".join(lines)) as names:
        return spf.check(names, address, "t.example.com")


def record(text: str) -> str:
    return f't.example.com. IN TXT "{text}"'


@pytest.mark.parametrize(
    ("text", "address", "expected"),
    [
        ("v=spf1 +all", "192.0.2.129", "pass"),
        ("v=spf1 a:example.com -all", "192.0.2.10", "pass"),
        ("v=spf1 a:example.com -all", "192.0.2.129", "fail"),
        ("v=spf1 a:example.org -all", "192.0.2.10", "fail"),
        ("v=spf1 mx:example.com -all", "192.0.2.129", "pass"),
        ("v=spf1 mx:example.com -all", "192.0.2.10", "fail"),
        ("v=spf1 mx:example.com mx:example.org -all", "192.0.2.140", "pass"),
        ("v=spf1 mx:example.com/30 mx:example.org/30 -all", "192.0.2.131", "pass"),
        ("v=spf1 mx:example.com/30 mx:example.org/30 -all", "192.0.2.143", "pass"),
        ("v=spf1 mx:example.com/30 -all", "192.0.2.132", "fail"),
        ("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.140", "pass"),
        ("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.65", "fail"),
        ("v=spf1 ip6:2001:db8::/32 ~all", "2001:db8::7", "pass"),
        ("v=spf1 ip4:192.0.2.1 ~all", "2001:db8::7", "softfail"),
        ("v=spf1 ip4:192.0.2.1", "192.0.2.2", "neutral"),
        ("v=spf1 ?all", "192.0.2.2", "neutral"),
        ("v=spf1 IP4:192.0.2.2 -ALL", "192.0.2.2", "pass"),
        ("v=spf1 exp=why.example.com -all", "192.0.2.2", "fail"),
        ("v=spf1 frobnicate:x -all", "192.0.2.2", "permerror"),
        ("v=spf1 ip4:192.0.2 -all", "192.0.2.2", "permerror"),
        ("v=spf10 +all", "192.0.2.2", "none"),
    ],
)
def test_it_says_what_receivers_would(text: str, address: str, expected: str) -> None:
    found = result(address, record(text))
    assert found.result == expected
    assert found.why


def test_what_is_included_counts_only_when_it_passes() -> None:
    lines = (record("v=spf1 include:inner.example ~all"), 'inner.example. IN TXT "v=spf1 ip4:192.0.2.7 -all"')
    assert result("192.0.2.7", *lines).result == "pass"
    assert result("192.0.2.8", *lines).result == "softfail"
    assert result("192.0.2.8", record("v=spf1 include:nowhere.example ~all")).result == "permerror"


def test_a_record_may_lead_to_another_and_be_long() -> None:
    lines = (record("v=spf1 redirect=inner.example"), 'inner.example. IN TXT "v=spf1 ip4:192.0" ".2.7 -all"')
    assert result("192.0.2.7", *lines).result == "pass"
    assert result("192.0.2.8", *lines).result == "fail"


def test_macros_are_filled_in() -> None:
    lines = (record("v=spf1 exists:%{ir}.%{l}.%{d2} -all"), "7.2.0.192.postmaster.example.com. IN A 127.0.0.2")
    assert result("192.0.2.7", *lines).result == "pass"
    assert result("192.0.2.8", *lines).result == "fail"


def test_more_than_one_record_and_more_than_ten_questions_are_no_record() -> None:
    assert "has 2 SPF records" in result("192.0.2.7", record("v=spf1 -all"), record("v=spf1 +all")).why
    many = " ".join(f"a:amy{n}.example.com" for n in range(11))
    hosts = [f"amy{n}.example.com. IN A 192.0.2.{n}" for n in range(11)]
    found = result("192.0.2.99", record(f"v=spf1 {many} -all"), *hosts)
    assert (found.result, "more than 10 questions" in found.why) == ("permerror", True)
    loop = result("192.0.2.7", record("v=spf1 include:t.example.com -all"))
    assert loop.result == "permerror"
    empty = result("192.0.2.7", record("v=spf1 a:no1.example a:no2.example a:no3.example -all"))
    assert "do not exist" in empty.why


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "v=spf1 ip4:192.0.2.7 ip6:2001:db8::7 -all"),
        ("v=spf1 mx ~all", "v=spf1 mx ip4:192.0.2.7 ip6:2001:db8::7 ~all"),
        ("v=spf1 mx", "v=spf1 mx ip4:192.0.2.7 ip6:2001:db8::7"),
        ("v=spf1 redirect=x.example", "v=spf1 ip4:192.0.2.7 ip6:2001:db8::7 redirect=x.example"),
    ],
)
def test_the_line_to_publish_lets_the_addresses_send_and_keeps_the_rest(before: str, after: str) -> None:
    assert spf.allowing(before, ["192.0.2.7", "2001:db8::7"]) == after
    assert result("192.0.2.7", record(after)).result == "pass"
    assert result("2001:db8::7", record(after)).result == "pass"
