"""Laws of the spool, and of an inbound email's life."""

import hashlib
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from mailer.errors import Invalid, Permanent
from mailer.people.staff import Role, Staff
from mailer.replies.inbound import InboundEmail, InboundState, Spool, is_expected, quarantined, receive

RAW = b"From: ann@example.com\r\nMessage-ID: <one@example.com>\r\n\r\nHello\r\n"


def test_what_was_kept_can_be_read_by_its_digest(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    digest = spool.keep(RAW)
    assert digest == hashlib.sha256(RAW).hexdigest()
    assert spool.read(digest) == RAW


def test_keeping_the_same_bytes_twice_keeps_one_file(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    assert spool.keep(RAW) == spool.keep(RAW)
    assert [path.read_bytes() for path in tmp_path.rglob("*.*")] == [RAW]


def test_a_file_that_was_cut_short_is_written_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    digest = spool.keep(RAW)
    spool.path(digest).write_bytes(RAW[:10])
    assert spool.keep(RAW) == digest
    assert spool.read(digest) == RAW


def test_changed_or_missing_bytes_are_not_passed_off_as_the_email(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    digest = spool.keep(RAW)
    spool.path(digest).write_bytes(RAW + b"and more")
    with pytest.raises(Permanent, match="have changed"):
        spool.read(digest)
    with pytest.raises(Permanent, match="not in the spool"):
        spool.read("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 64 + "\n", "/" * 64])
def test_a_digest_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(Permanent, match="not a digest"):
        Spool(tmp_path).read(name)


def test_the_file_and_then_the_folder_are_synced_around_the_rename(tmp_path: Path) -> None:
    """strace shows the real order: fsync the file, rename it, fsync the folder that holds the name."""
    code = (
        f"from mailer.replies.inbound import Spool; from pathlib import Path; Spool(Path({str(tmp_path)!r})).keep(b'x')"
    )
    traced = tmp_path / "trace"
    watch = ["strace", "-f", "-y", "-e", "trace=fsync,rename,renameat,renameat2", "-o", str(traced)]
    try:
        subprocess.run([*watch, sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("strace is not here")
    digest = hashlib.sha256(b"x").hexdigest()
    calls = [line for line in traced.read_text().splitlines() if str(tmp_path) in line]
    file, renamed, folder = calls[-3:]
    assert "fsync(" in file
    assert ".part" in file
    assert "rename" in renamed
    assert f"{digest}.eml" in renamed
    assert "fsync(" in folder
    assert folder.rstrip().endswith("= 0")
    assert f"/{digest[:2]}>" in folder


def test_the_same_email_for_the_same_recipient_arrives_once(session: Session, now: datetime) -> None:
    first = receive(session, "d" * 64, 10, "ann@example.com", "R-abc@Reply.Example.com", now)
    assert first is not None
    assert first.envelope_to == "r-abc@reply.example.com"
    assert receive(session, "d" * 64, 10, "other@example.com", "r-ABC@reply.example.com", now) is None
    assert receive(session, "d" * 64, 10, "ann@example.com", "r-other@reply.example.com", now) is not None
    assert len(session.exec(select(InboundEmail)).all()) == 2


def test_a_familiar_message_id_does_not_make_a_reply_vanish(session: Session, tmp_path: Path, now: datetime) -> None:
    spool = Spool(tmp_path)
    forged = RAW.replace(b"Hello", b"Nothing to see here")
    for raw in (forged, RAW):  # the forger was first, with the same Message-ID
        assert receive(session, spool.keep(raw), len(raw), "ann@example.com", "r-abc@reply.example.com", now)
    assert {spool.read(email.digest) for email in session.exec(select(InboundEmail))} == {forged, RAW}


def test_quarantine_is_visible_and_can_be_tried_again(session: Session, now: datetime) -> None:
    email = receive(session, "d" * 64, 10, "ann@example.com", "r-abc@reply.example.com", now)
    assert email is not None
    with pytest.raises(Invalid, match="received"):
        email.retry()
    email.quarantine("Permanent: no\0thing" + "x" * 9_000)
    session.flush()
    assert session.exec(quarantined()).all() == [email]
    assert len(email.error) <= 500
    assert "\0" not in email.error
    email.retry()
    session.flush()
    assert (email.state, email.error) == (InboundState.RECEIVED, "")
    assert session.exec(quarantined()).all() == []


def test_what_was_done_is_told_once(now: datetime) -> None:
    email = InboundEmail(digest="d", envelope_from="", envelope_to="", size=1, received_at=now)
    for told in ("suppressed", "suppressed", "noted"):
        email.tell(told)
    assert email.details == {"done": ["suppressed", "noted"]}


def test_mail_is_expected_at_our_reply_domain_for_staff_and_postmaster(session: Session, now: datetime) -> None:
    session.add(Staff(email="maya@example.com", name="Maya", role=Role.REPRESENTATIVE, created_at=now))
    session.flush()
    for address in (
        "r-x@reply.example.com",
        "R-X@REPLY.EXAMPLE.COM",
        "Maya@example.com",
        "postmaster",
        "Postmaster@x.org",
    ):
        assert is_expected(session, address, "reply.example.com"), address
    for address in ("ann@example.com", "r-x@reply.example.com.evil.org", "evil@xreply.example.com", ""):
        assert not is_expected(session, address, "reply.example.com"), address
