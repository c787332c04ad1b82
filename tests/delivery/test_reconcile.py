from sqlmodel import select

from mailer.delivery import outbox, release
from mailer.delivery.message import Message, State
from mailer.delivery.reconcile import Reconciled, reconcile
from tests.delivery.conftest import Town, yes


def test_evidence_settles_what_is_in_doubt_and_nothing_else(town: Town) -> None:
    town.run(town.campaign(), town.customers(4))
    messages = town.claim()
    names = [m.message_id for m in messages]
    outbox.hand_over(town.session, [(m.id or 0, m.epoch) for m in messages[:3]], town.now, yes)
    release.recover(town.session, town.now, alive=set())
    evidence = {names[0]: True, names[1]: False, names[3]: True}
    assert reconcile(town.session, evidence, "the relay's log", town.now) == Reconciled(sent=1, ready=1)
    assert reconcile(town.session, evidence, "the relay's log", town.now) == Reconciled(sent=0, ready=0)
    town.session.expire_all()
    found = town.session.exec(select(Message).order_by(Message.id)).all()
    assert [m.state for m in found] == [State.SENT, State.READY, State.IN_DOUBT, State.READY]
    assert found[0].reason == "accepted, by the relay's log"
