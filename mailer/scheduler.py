"""How often does each step run?

APScheduler is used as a clock, not as a database: its own handling of civil time skips a day in spring, repeats an hour
in autumn and drops a tick that is a second late. So it only beats, in UTC, and every decision about time is made from
our own rows by `pipeline`. A beat that comes twice, or while the last one still works, changes nothing.
"""

from collections.abc import Callable
from datetime import UTC

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from mailer import clock, pipeline
from mailer.errors import MailerError
from mailer.house import House

PROMPT_SECONDS = 0.5  # how often sending and sorting look for work
WATCH_SECONDS = 60.0  # how often everybody is counted

log = structlog.get_logger()


class Scheduler:
    """The beat of one house."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._stopping = False
        self._scheduler = BackgroundScheduler(timezone=UTC)
        beats: list[tuple[str, Callable[[], object], float]] = [
            ("plan", lambda: tick(house), house.settings.scheduler.tick_seconds),
            ("send", lambda: pipeline.send(house, stop=lambda: self._stopping), PROMPT_SECONDS),
            ("sort", lambda: pipeline.sort(house, clock.now()), PROMPT_SECONDS),
            ("tidy", lambda: pipeline.tidy(house, clock.now()), house.settings.scheduler.tick_seconds),
            ("watch", lambda: pipeline.watch(house, clock.now()), WATCH_SECONDS),
            *house.beats,
        ]
        for name, step, seconds in beats:
            self._scheduler.add_job(
                _guarded(name, step),
                "interval",
                seconds=seconds,
                id=name,
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )

    def start(self) -> None:
        """Recover what a dead process left, then begin to beat."""
        recovered = pipeline.recover(self.house)
        log.info("recovered", released=recovered.released, in_doubt=recovered.in_doubt)
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the batch at hand, and stop."""
        self._stopping = True
        self._scheduler.shutdown(wait=True)


def tick(house: House) -> None:
    """Do everything that is due now: fold, recover, review who answers, plan, choose."""
    now = clock.now()
    pipeline.fold(house, now)
    pipeline.recover(house)
    pipeline.review(house, now)
    for run_id in pipeline.plan(house, now):
        chosen = pipeline.choose(house, run_id, now)
        log.info("chosen", run=run_id, messages=chosen)


def _guarded(name: str, step: Callable[[], object]) -> Callable[[], None]:
    """Let one failed beat be logged and the next one come: a scheduler that dies is silence nobody notices."""

    def beat() -> None:
        try:
            step()
        except MailerError as error:
            log.warning("step failed", step=name, error=str(error))
        except Exception:
            log.exception("step failed", step=name)

    return beat
