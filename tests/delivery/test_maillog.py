# ruff: noqa: E501 -- logs have long lines
import gzip
from pathlib import Path

from sqlmodel import select

from mailer.delivery import maillog, outbox, release
from mailer.delivery.message import Message, State
from mailer.delivery.reconcile import by_log
from tests.delivery.conftest import Town, yes

SENT = """\
Mar 16 10:00:01 mx1 postfix/smtpd[811]: 4XyPq31Kz9z1: client=lifeline.shop.example[10.0.0.7]
Mar 16 10:00:01 mx1 postfix/cleanup[815]: 4XyPq31Kz9z1: message-id=<{id}>
Mar 16 10:00:01 mx1 postfix/qmgr[702]: 4XyPq31Kz9z1: from=<b-x@reply.shop.example>, size=21034, nrcpt=1 (queue active)
Mar 16 10:00:03 mx1 postfix/smtp[820]: 4XyPq31Kz9z1: to=<c0@example.com>, relay=mx.example.com[192.0.2.9]:25, delay=2.1, delays=0.3/0.01/0.9/0.9, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 7F00DAA)
Mar 16 10:00:03 mx1 postfix/qmgr[702]: 4XyPq31Kz9z1: removed
"""
BOUNCED = """\
2026-03-16T10:00:01.112233+00:00 mx1 postfix/cleanup[815]: A1B2C3D4E5: message-id=<{id}>
2026-03-16T10:00:01.113000+00:00 mx1 postfix/qmgr[702]: A1B2C3D4E5: from=<b@reply.shop.example>, size=2, nrcpt=1 (queue active)
2026-03-16T10:00:02.000000+00:00 mx1 postfix/smtp[820]: A1B2C3D4E5: to=<c1@example.com>, relay=mx.example.com[192.0.2.9]:25, delay=1, delays=0/0/1/0, dsn=5.1.1, status=bounced (host mx.example.com[192.0.2.9] said: 550 5.1.1 <c1@example.com>: no such user (in reply to RCPT TO command))
2026-03-16T10:00:02.100000+00:00 mx1 postfix/bounce[830]: A1B2C3D4E5: sender non-delivery notification: 99AA88BB
"""
DEFERRED = """\
Mar 16 10:00:01 mx1 postfix-out/cleanup[815]: 0C0FFEE123: message-id=<{id}>
Mar 16 10:00:01 mx1 postfix-out/qmgr[702]: 0C0FFEE123: from=<b@reply.shop.example>, size=2, nrcpt=1 (queue active)
Mar 16 10:00:02 mx1 postfix-out/smtp[820]: 0C0FFEE123: to=<c2@example.com>, relay=none, delay=30, delays=0/0/30/0, dsn=4.4.1, status=deferred (connect to mx.example.com[192.0.2.9]:25: Connection timed out)
"""
REJECTED = """\
Mar 16 10:00:01 mx1 postfix/cleanup[815]: BADBADBAD1: message-id=<{id}>
Mar 16 10:00:01 mx1 postfix/cleanup[815]: BADBADBAD1: milter-reject: END-OF-MESSAGE from lifeline[10.0.0.7]: 5.7.1 rejected by content; from=<b@reply.shop.example> to=<c3@example.com> proto=ESMTP helo=<lifeline>
"""
CUT_OFF = """\
Mar 16 10:00:01 mx1 postfix/cleanup[815]: CAFE0CAFE0: message-id=<{id}>
Mar 16 10:00:01 mx1 postfix/smtpd[811]: lost connection after DATA (20480 bytes) from lifeline.shop.example[10.0.0.7]
"""
NOISE = """\
Mar 16 10:00:00 mx1 postfix/smtpd[811]: connect from lifeline.shop.example[10.0.0.7]
Mar 16 10:00:00 mx1 dovecot: imap-login: Login: user=<maya>
Mar 16 10:00:00 mx1 postfix/cleanup[815]: 77777AAAAA: message-id=<somebody@else.example>
Mar 16 10:00:00 mx1 postfix/smtp[820]: 77777AAAAA: to=<x@else.example>, relay=x, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok)
"""


def in_doubt(town: Town, count: int) -> list[str]:
    town.run(town.campaign(), town.customers(count))
    messages = town.claim()
    outbox.hand_over(town.session, [(m.id or 0, m.epoch) for m in messages], town.now, yes)
    release.recover(town.session, town.now, alive=set())
    return [m.message_id for m in messages]


def log_of(names: list[str]) -> str:
    kinds = (SENT, BOUNCED, DEFERRED, REJECTED, CUT_OFF)
    return NOISE + "".join(kind.format(id=name) for kind, name in zip(kinds, names, strict=False))


def settled(town: Town) -> list[Message]:
    town.session.expire_all()
    return list(town.session.exec(select(Message).order_by(Message.id)))


def test_a_log_settles_what_it_proves_and_leaves_the_rest_in_doubt(town: Town) -> None:
    names = in_doubt(town, 6)
    told = by_log(town.session, maillog.traces(log_of(names).splitlines(), names), False, town.now)
    found = settled(town)
    assert [m.state for m in found] == [
        State.SENT, State.SENT, State.SENT, State.READY, State.IN_DOUBT, State.IN_DOUBT,
    ]  # fmt: skip
    assert [each.state for each in told] == [m.state for m in found]
    assert found[0].queue_id == "4XyPq31Kz9z1"
    assert "queued as 7F00DAA" in found[0].reason
    assert (found[1].bounce_status, found[1].bounced_at) == ("5.1.1", town.now)
    assert found[2].bounced_at is None
    assert "its headers came" in told[4].why
    assert told[5].why == "the log does not say"


def test_what_a_whole_log_lacks_was_not_accepted(town: Town) -> None:
    names = in_doubt(town, 6)
    by_log(town.session, maillog.traces(log_of(names).splitlines(), names), True, town.now)
    assert [m.state for m in settled(town)][3:] == [State.READY] * 3


def test_the_same_log_twice_changes_nothing_more(town: Town) -> None:
    names = in_doubt(town, 5)
    found = maillog.traces(log_of(names).splitlines(), names)
    by_log(town.session, found, False, town.now)
    before = [(m.state, m.reason) for m in settled(town)]
    assert [each.state for each in by_log(town.session, found, False, town.now)] == [State.IN_DOUBT]
    assert [(m.state, m.reason) for m in settled(town)] == before


def test_a_queue_id_that_is_used_again_is_another_message() -> None:
    log = SENT.format(id="ours@x") + SENT.format(id="theirs@x").replace("status=sent", "status=bounced")
    assert maillog.traces(log.splitlines(), {"ours@x"})["ours@x"].status == "sent"


def test_what_was_cut_off_first_and_accepted_later_was_accepted() -> None:
    log = CUT_OFF.format(id="ours@x") + SENT.format(id="ours@x")
    assert maillog.traces(log.splitlines(), {"ours@x"})["ours@x"].accepted


def test_a_packed_log_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "mail.log.1.gz"
    path.write_bytes(gzip.compress(SENT.format(id="ours@x").encode()))
    assert maillog.traces(maillog.lines(path), {"ours@x"})["ours@x"].accepted
