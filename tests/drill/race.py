"""Customers leave while we send to them: is anybody written to after that?

Real letters leave; meanwhile customers press the button on the page their letter's header leads to. When its answer has
come, the decision is committed: whatever was not handed over by then must never leave, and has to say why. Leaving and
handing over the same message at the same moment is tried on purpose: many leave whose letter is claimed just then.
"""

import random
import threading
import time
from collections import Counter
from contextlib import ExitStack

import sqlalchemy as sa

from mailer import pipeline
from mailer.delivery.message import LEFT, State, T
from mailer.mail.tokens import Purpose
from mailer.web.app import create_app
from tests.drill import lives, shop
from tests.drill.books import compare, logged
from tests.drill.ground import ground
from tests.drill.house import judge_of
from tests.drill.result import Given, Result


def run(given: Given) -> Result:
    """Send to 10,000, of whom 500 leave meanwhile."""
    result = Result("race")
    customers, leaving = (200, 30) if given.short else (10_000, 500)
    with ExitStack() as stack:
        folder, url = stack.enter_context(ground(given))
        stack.enter_context(lives.judge(folder))
        house = shop.open_house(shop.found(folder, customers, judge_of(folder), url=url))
        stack.callback(house.close)
        result.wants(shop.choose(house) == customers, "not everybody was chosen")
        with house.store.read() as session:
            rows = session.execute(sa.select(T.c.id, T.c.message_id).order_by(T.c.id)).all()
        chance = random.Random(given.seed)
        pages = create_app(house).test_client()
        sender = threading.Thread(target=pipeline.send, args=(house,), name="send")
        left_too_late: dict[str, State] = {}
        before: Counter[str] = Counter()
        gone: set[int] = set()
        slowest = 0.0
        sender.start()
        for number in range(leaving):
            lives.until(lambda n=number: logged(folder) >= n * customers // (leaving + 1) or not sender.is_alive())
            ahead = chance.randint(0, 250)  # among those claimed just now, or soon
            place = min(logged(folder) + ahead, customers - 1)
            while place in gone:
                place = (place + 1) % customers
            gone.add(place)
            ident, message_id = rows[place]
            began = time.perf_counter()
            answer = pages.post(f"/u/{house.signer.sign(Purpose.UNSUBSCRIBE, ident)}",
                                data={"List-Unsubscribe": "One-Click"})  # fmt: skip
            slowest = max(slowest, time.perf_counter() - began)
            result.wants(answer.status_code == 200, f"unsubscribing answered {answer.status_code}")
            with house.store.read() as session:
                state = session.execute(sa.select(T.c.state).where(T.c.id == ident)).scalar_one()
            before[state.value] += 1
            if state not in LEFT:
                left_too_late[message_id] = state
        sender.join()
        seen = set((folder / "judge.log").read_text().split())
        late = {message for message in left_too_late if message in seen}
        result.wants(not late, f"{len(late)} were written to after they had left")
        with house.store.read() as session:
            asked = sa.select(T.c.message_id, T.c.state, T.c.reason).where(T.c.message_id.in_(left_too_late))
            fates = session.execute(asked).all()
        unsaid = [fate for fate in fates if fate[1] is not State.SUPPRESSED or "no_consent" not in fate[2]]
        result.wants(not unsaid, f"{len(unsaid)} who left do not say why they got nothing: {unsaid[:2]}")
        result.wants(len(left_too_late) >= leaving // 5, f"only {len(left_too_late)} left in time to matter")
        compare(folder, result)
        result.details = {
            "unsubscribed": leaving,
            "in time": len(left_too_late),
            "written to after that": len(late),
            "state when they left": dict(before),
            "slowest answer, ms": round(slowest * 1000),
        }
    return result
