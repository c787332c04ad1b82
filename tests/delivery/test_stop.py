import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlmodel import Session, select

from mailer import clock
from mailer.campaigns.campaign import Campaign, Run
from mailer.delivery import release, sender
from mailer.delivery.accounts import accounts
from mailer.delivery.message import Message, State
from mailer.delivery.transport import open_transport
from mailer.pipeline import stop
from tests.delivery.sink import sink
from tests.drill.house import prepare
from tests.drill.worker import Worker

CONNECTIONS = 4


def pause(session: Session) -> None:
    stop.pause(session, session.get_one(Campaign, 1))


def cancel(session: Session) -> None:
    stop.cancel(session, session.get_one(Run, 1), clock.now())


@pytest.mark.parametrize(("act", "aside"), [(pause, State.WAITING), (cancel, State.CANCELLED)])
def test_while_a_run_is_sent_a_stop_lets_only_those_behind_their_dots_leave(
    tmp_path: Path, act: Callable[[Session], None], aside: State
) -> None:
    prepare(tmp_path, 400)
    worker = Worker(tmp_path)
    with sink() as server:
        transport = open_transport(f"smtp://127.0.0.1:{server.port}", tmp_path)
        sending = threading.Thread(
            target=sender.send, args=(worker.batches, transport, worker.commit, CONNECTIONS, worker.note)
        )
        sending.start()
        while len(server.got) < 40:
            time.sleep(0.002)
        with worker.store.write() as session:
            act(session)
        before = len(server.got)
        sending.join(20)
        assert not sending.is_alive()
        assert len(server.got) <= before + CONNECTIONS
    with worker.store.write() as session:
        while release.cancel_run(session, session.get_one(Run, 1), clock.now()) if act is cancel else 0:
            pass
        states: Sequence[State] = session.exec(select(Message.state)).all()
        assert accounts(session, 1).balance
    assert set(states) == {State.SENT, aside}
    assert states.count(State.SENT) == len(server.got)
    worker.journal.close()
    worker.store.close()
