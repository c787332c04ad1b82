"""The database server stops at once and comes back, again and again while we send: what do the books say?

The sender stays alive, as a house does: a step that fails is logged, and the next one comes. A commit that was under
way when the server stopped may have happened or not; either way the message is where its row says.
"""

import random
import signal
import tempfile
import time
from pathlib import Path

from tests.drill import lives
from tests.drill.books import compare, logged
from tests.drill.house import prepare
from tests.drill.result import Given, Result
from tests.drill.worker import persist, shift
from tests.postgresql import DURABLE, Server

RESTARTS = 20
EACH = 150  # messages for each restart
CONNECTIONS = 8


def run(given: Given) -> Result:
    """Restart PostgreSQL twenty times while sending."""
    result = Result("restart")
    restarts = 2 if given.short else RESTARTS
    chance = random.Random(given.seed)
    try:
        server = Server(DURABLE)
    except (AssertionError, OSError) as error:
        result.skipped = f"no PostgreSQL can be started here: {error}"
        return result
    with tempfile.TemporaryDirectory(prefix="drill-") as place:
        folder = Path(place)
        try:
            prepare(folder, restarts * EACH, server.new())
            with lives.judge(folder):
                ours, theirs = lives.PROCESSES.Pipe(duplex=False)
                sender = lives.PROCESSES.Process(target=persist, args=(folder, CONNECTIONS, theirs))
                sender.start()
                theirs.close()
                for number in range(restarts):
                    enough = number * EACH + chance.randint(0, EACH // 2)
                    lives.until(lambda e=enough: logged(folder) >= e or not sender.is_alive())
                    time.sleep(chance.uniform(0, 0.01))
                    server.restart()
                failures = ours.recv()
                sender.join()
                result.wants(sender.exitcode == 0, f"the sender ended with {sender.exitcode}")
                last = lives.PROCESSES.Process(target=shift, args=(folder, CONNECTIONS, 10**9, 900.0, None, True))
                last.start()
                last.join()
                result.wants(last.exitcode != -signal.SIGKILL and not last.exitcode, "the last life failed")
            compare(folder, result)
        finally:
            server.stop()
    result.kills = restarts
    result.wants(result.in_doubt <= CONNECTIONS * restarts, f"{result.in_doubt} in doubt after {restarts} restarts")
    result.details = {"restarts": restarts, "steps that failed": failures}
    return result
