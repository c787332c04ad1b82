"""How often does each step run?

APScheduler is used as a clock, not as a database: its own handling of civil time skips a day in spring, repeats an hour
in autumn and drops a tick that is a second late. So it only beats, in UTC, and every decision about time is made from
our own rows by `pipeline`. A beat that comes twice, or while the last one still works, changes nothing.
"""

from collections.abc import Callable
from datetime import UTC

import structlog

from mailer import clock, pipeline
from mailer.errors import MailerError
from mailer.house import Beat, House

PROMPT_SECONDS = 0.5  # how often sending and sorting look for work
WATCH_SECONDS = 60.0  # how often everybody is counted

log = structlog.get_logger()


class Scheduler:
    """The beat of one house."""

    def __init__(self, house: House) -> None:
        from apscheduler.schedulers.background import BackgroundScheduler  # when pages are shown already

        self.house = house
        self._stopping = False
        self._scheduler = BackgroundScheduler(timezone=UTC)
        every = house.settings.scheduler.tick_seconds
        beats = [
            Beat("plan", lambda: tick(house), every),
            Beat("send", lambda: pipeline.send(house, stop=lambda: self._stopping), PROMPT_SECONDS),
            Beat("sort", lambda: pipeline.sort(house, clock.now()), PROMPT_SECONDS),
            Beat("tidy", lambda: pipeline.tidy(house, clock.now()), every),
            Beat("watch", lambda: pipeline.watch(house, clock.now()), WATCH_SECONDS),
            *house.beats,
        ]
        for beat in beats:
            self._scheduler.add_job(
                _guarded(beat),
                "interval",
                seconds=beat.seconds,
                id=beat.name,
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


def _guarded(beat: Beat) -> Callable[[], None]:
    """Let one failed beat be logged and the next one come: a scheduler that dies is silence nobody notices."""

    def step() -> None:
        try:
            beat.step()
        except MailerError as error:
            log.warning("step failed", step=beat.name, error=str(error))
        except Exception:
            log.exception("step failed", step=beat.name)

    return step
