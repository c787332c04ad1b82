"""How does one email travel?

    plan     a campaign's time has come: a run, and its recipients        insights, segments, campaigns -> delivery
    write    a claimed message becomes bytes                              rendering -> delivery
    send     the bytes are handed over, at most once                      delivery
    receive  what comes back is kept, sorted, matched and given to a person     replies -> inbox
    answer   a person writes back, and automation steps aside            inbox -> delivery

Each step finds its work by the state of rows, does one chunk a transaction, and may be run twice or by two at once.
This package and the web are the only places that commit.
"""

from mailer.pipeline.answer import answer, close
from mailer.pipeline.explain import preview, runs_of, segment_state, why_sent
from mailer.pipeline.launch import approve, run_now, send_test, template_digest
from mailer.pipeline.plan import choose, fold, plan
from mailer.pipeline.receive import accept, review, route, sort
from mailer.pipeline.send import recover, send
from mailer.pipeline.settle import by_log as reconcile
from mailer.pipeline.stop import cancel, pause, resume, tidy
from mailer.pipeline.waking import take_over, wake
from mailer.pipeline.watch import watch
from mailer.pipeline.write import write

__all__ = [
    "accept",
    "answer",
    "approve",
    "cancel",
    "choose",
    "close",
    "fold",
    "pause",
    "plan",
    "preview",
    "reconcile",
    "recover",
    "resume",
    "review",
    "route",
    "run_now",
    "runs_of",
    "segment_state",
    "send",
    "send_test",
    "sort",
    "take_over",
    "template_digest",
    "tidy",
    "wake",
    "watch",
    "why_sent",
    "write",
]
