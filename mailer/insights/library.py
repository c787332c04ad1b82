"""Which insights does a shop get with the house? These, computed from events named "basket".

A basket has amount_cents, items, department (where most of it was spent) and discount_cents. Windows are civil days in
UTC (see insights.insight). The usual interval is the median number of days between two days with a basket in the last
365, and is known from the fourth such day on: three gaps are the least that a median can shrug one holiday off.

What they do with our emails is what only a human being does (HUMAN_ACTS): programs open emails and follow their links,
so no insight counts an open, and a click only where what the customer said about the same email proves it.
"""

import operator
from typing import Any

from mailer.insights import forms
from mailer.insights.forms import rounded
from mailer.insights.insight import INSIGHTS_BEFORE, Type, Window, insight
from mailer.late import ibis

YEAR = 365
MILESTONES = (10, 25, 50, 100, 250, 500, 1_000)  # baskets
HUMAN_ACTS = ("replied", "wrote", "asked_for_call", "felt_understood")  # with an email of ours (see pipeline.record)
RFM = ((30, 90), (24, 6), (100_000, 25_000))  # days since the last; baskets and cents in 365 days: best, middling


@insight("first_basket_at", Type.TIME, "", "whose first basket {is}", label="first basket", lasts=True,
         line="first basket on {first_basket_at}", because="Your first basket was on {first_basket_at}")  # fmt: skip
def first_basket_at(baskets: Any, today: int) -> Any:
    """When they first came."""
    return baskets["at"].min()


@insight("last_basket_at", Type.TIME, "", "whose last basket {is}", label="last basket", lasts=True,
         line="last basket on {last_basket_at}", because="Your last basket was on {last_basket_at}")  # fmt: skip
def last_basket_at(baskets: Any, today: int) -> Any:
    """When they last came."""
    return baskets["at"].max()


def _windows(days: int) -> None:
    since = f"in the last {days} days"

    @insight(f"baskets_{days}", Type.INT, "basket", f"who had {{amount}} {since}", label=f"number of baskets {since}",
             none=0, window=Window(days), line=f"{{baskets_{days}}} {since}",
             because=f"You had {{baskets_{days}}} {since}", about=f"How often they came {since}.")  # fmt: skip
    def baskets(baskets: Any, today: int) -> Any:
        return (baskets.day >= today - days).sum()

    @insight(f"spend_{days}", Type.MONEY, "", f"who spent {{amount}} {since}", label=f"amount spent {since}", none=0,
             window=Window(days, of="amount_cents"), line=f"spent {{spend_{days}}} {since}",
             because=f"You spent {{spend_{days}}} {since}", about=f"How much they spent {since}.")  # fmt: skip
    def spend(baskets: Any, today: int) -> Any:
        return baskets.amount_cents.sum(where=baskets.day >= today - days)


for _days in (30, 90, YEAR):
    _windows(_days)


@insight("usual_interval", Type.FLOAT, "day", "whose usual interval between baskets {is}",
         line="usually every {usual_interval}", because="You usually come every {usual_interval}")  # fmt: skip
def usual_interval(baskets: Any, today: int) -> Any:
    """How many days usually lie between two days with a basket."""
    return forms.usual_interval(baskets, today, "usual_interval", YEAR)


def _favourite(baskets: Any, name: str) -> Any:
    """Return where most was spent; of equals, the first by the alphabet."""
    return forms.most(baskets, name, baskets.department, baskets.amount_cents)


@insight("favourite_department", Type.TEXT, "", "whose favourite department {is}",
         line="favourite department {favourite_department}",
         because="Most of your shopping in the last year was in {favourite_department}")  # fmt: skip
def favourite_department(baskets: Any, today: int) -> Any:
    """Where they spent most in the last 365 days."""
    return _favourite(baskets.filter(baskets.day >= today - YEAR), "favourite_department")


@insight("recent_favourite", Type.TEXT, "", "whose favourite department of the last 90 days {is}",
         label="favourite department of the last 90 days",
         line="in the last 90 days mostly {recent_favourite}",
         because="Most of your shopping in the last 90 days was in {recent_favourite}")  # fmt: skip
def recent_favourite(baskets: Any, today: int) -> Any:
    """Where they spent most in the last 90 days."""
    return _favourite(baskets.filter(baskets.day >= today - 90), "recent_favourite")


@insight("previous_favourite", Type.TEXT, "", "whose favourite department before that {is}",
         label="favourite department in the year before the last 90 days",
         line="before that mostly {previous_favourite}",
         because="Before that it was {previous_favourite}")  # fmt: skip
def previous_favourite(baskets: Any, today: int) -> Any:
    """Where they spent most in the year before the last 90 days."""
    before = (baskets.day < today - 90) & (baskets.day >= today - 90 - YEAR)
    return _favourite(baskets.filter(before), "previous_favourite")


@insight("week_streak", Type.INT, "week", "who came {amount} in a row", label="number of weeks in a row", none=0,
         line="came {week_streak} in a row", because="You came {week_streak} in a row")  # fmt: skip
def week_streak(baskets: Any, today: int) -> Any:
    """How many weeks, Monday to Sunday, in a row up to this one, or up to the last if this one has none yet."""
    return forms.streak(baskets, today, "week_streak", "week")


@insight("days_since_basket", Type.INT, "day", "whose last basket was {amount} ago", of=INSIGHTS_BEFORE,
         label="time since the last basket", daily=1,
         line="last basket {days_since_basket} ago",
         because="Your last basket was {days_since_basket} ago")  # fmt: skip
def days_since_basket(known: Any, today: int) -> Any:
    """How many days ago they last came; 0 is today."""
    return today - known.last_basket_at.epoch_seconds() // 86_400


@insight("overdue_ratio", Type.FLOAT, "time", "whose last basket is {amount} their usual interval ago",
         of=INSIGHTS_BEFORE, label="time since the last basket, in usual intervals",
         line="last basket {days_since_basket} ago; usually every {usual_interval}",
         because="Your last basket was {days_since_basket} ago; you usually come every {usual_interval}")  # fmt: skip
def overdue_ratio(known: Any, today: int) -> Any:
    """How many usual intervals ago they last came: above 1 they are later than usual."""
    return known.days_since_basket / known.usual_interval


@insight("anniversary_in", Type.INT, "day", "whose next anniversary is {amount} away", of=INSIGHTS_BEFORE,
         label="time until the next anniversary", daily=-1,
         line="anniversary in {anniversary_in}; first basket on {first_basket_at}",
         because="Your first basket with us was on {first_basket_at}")  # fmt: skip
def anniversary_in(known: Any, today: int) -> Any:
    """How many days until the day of their first basket comes round again; 0 is today, 29 February counts as 28."""
    return forms.days_until(forms.next_anniversary(known.first_basket_at, today), today)


@insight("years", Type.INT, "year", "whose next anniversary marks {amount}", of=INSIGHTS_BEFORE,
         label="number of years at the next anniversary",
         line="next anniversary marks {years}",
         because="Your first basket with us was on {first_basket_at}")  # fmt: skip
def years(known: Any, today: int) -> Any:
    """How many years the next anniversary marks, today's included."""
    return (forms.next_anniversary(known.first_basket_at, today).year() - known.first_basket_at.year()).cast("int64")


@insight("new_favourite", Type.TEXT, "", "whose new favourite department {is}", of=INSIGHTS_BEFORE,
         label="new favourite department",
         line="in the last 90 days mostly {new_favourite}, before that {previous_favourite}",
         because="Lately you shopped most in {new_favourite}; before, it was {previous_favourite}")  # fmt: skip
def new_favourite(known: Any, today: int) -> Any:
    """Where they spent most in the last 90 days, if that is not where they did in the year before."""
    return ibis.ifelse(known.recent_favourite != known.previous_favourite, known.recent_favourite, ibis.null("string"))


def _by_day(baskets: Any) -> Any:
    """Return each day they came on, with what they spent."""
    return baskets.group_by("customer_id", "day").aggregate(spent=baskets.amount_cents.sum().fill_null(0))


@insight("repeats", Type.INT, "day", "who came back on {amount}", label="number of days they came back on", none=0,
         lasts=True, line="came back on {repeats}", because="You came back on {repeats}")  # fmt: skip
def repeats(baskets: Any, today: int) -> Any:
    """On how many days after the first one they came: the frequency of models of buying."""
    days = _by_day(baskets)
    return days.group_by("customer_id").aggregate(repeats=days.count() - 1)


@insight("days_with_us", Type.INT, "day", "whose first and last basket are {amount} apart", none=0,
         lasts=True, label="time between the first and the last basket",
         line="first and last basket {days_with_us} apart",
         because="Your first and last basket are {days_with_us} apart")  # fmt: skip
def days_with_us(baskets: Any, today: int) -> Any:
    """How many days lie between the first and the last basket: the recency of models of buying."""
    return baskets.day.max() - baskets.day.min()


@insight("repeat_value", Type.MONEY, "", "who spend {amount} on a day they come back", lasts=True,
         label="average amount of a day they came back on", line="{repeat_value} on a day they come back",
         because="You spend {repeat_value} on a day you come back")  # fmt: skip
def repeat_value(baskets: Any, today: int) -> Any:
    """How much they spend on average on a day they come back on, in whole cents."""
    days = _by_day(baskets)
    told = days.group_by("customer_id").aggregate(
        days=days.count(), spent=days.spent.sum(), first=days.spent.argmin(days.day)
    )
    back = told.filter(told.days > 1)
    return back.select("customer_id", repeat_value=rounded((back.spent - back["first"]) / (back.days - 1)))


@insight("baskets_ever", Type.INT, "basket", "who had {amount} ever", label="number of baskets", none=0, lasts=True,
         line="{baskets_ever} in all", because="You had {baskets_ever} with us")  # fmt: skip
def baskets_ever(baskets: Any, today: int) -> Any:
    """How many baskets they had in all."""
    return baskets.count()


@insight("spend_before_90", Type.MONEY, "", "who spent {amount} in the 90 days before the last 90", none=0,
         window=Window(180, 91, "amount_cents"),
         label="amount spent in the 90 days before the last 90", line="before that {spend_before_90}",
         because="Before that you spent {spend_before_90}")  # fmt: skip
def spend_before_90(baskets: Any, today: int) -> Any:
    """How much they spent in the 90 days before the last 90, today not counted in either."""
    return baskets.amount_cents.sum(where=(baskets.day < today - 90) & (baskets.day >= today - 180))


@insight("emails_90", Type.INT, "email", "who got {amount} of ours in the last 90 days", of="email_sent", none=0,
         label="number of emails of ours in the last 90 days", window=Window(90),
         line="got {emails_90} in the last 90 days",
         because="You got {emails_90} from us in the last 90 days")  # fmt: skip
def emails_90(emails: Any, today: int) -> Any:
    """How many emails of ours left to them in the last 90 days."""
    return (emails.day >= today - 90).sum()


@insight("last_reply_at", Type.TIME, "", "whose last reply {is}", of="replied", label="last reply", lasts=True,
         line="last reply on {last_reply_at}", because="You last wrote to us on {last_reply_at}")  # fmt: skip
def last_reply_at(replies: Any, today: int) -> Any:
    """When they last replied to an email of ours."""
    return replies["at"].max()


@insight("replies_365", Type.INT, "time", "who replied {amount} in the last 365 days", of="replied", none=0,
         label="number of replies in the last 365 days", window=Window(YEAR),
         line="replied {replies_365} in a year",
         because="You wrote to us {replies_365} in a year")  # fmt: skip
def replies_365(replies: Any, today: int) -> Any:
    """How often they replied to an email of ours in the last 365 days."""
    return (replies.day >= today - YEAR).sum()


@insight("felt_understood", Type.TEXT, "", "whose last answer to whether an email felt understood {is}",
         of="felt_understood", label="whether the last email felt understood", lasts=True,
         line="an email of ours felt understood: {felt_understood}",
         because="You told us whether our email felt understood: {felt_understood}")  # fmt: skip
def felt_understood(answers: Any, today: int) -> Any:
    """What they last answered: yes, partly or no."""
    return forms.newest(answers, "felt_understood", answers.answer)


@insight("engaged_90", Type.INT, "time", "who answered our emails {amount} in the last 90 days", of=HUMAN_ACTS[0],
         also=HUMAN_ACTS[1:], label="number of answers to our emails in the last 90 days", none=0, window=Window(90),
         line="answered our emails {engaged_90} in the last 90 days",
         because="You answered our emails {engaged_90} in the last 90 days")  # fmt: skip
def engaged_90(acts: Any, today: int) -> Any:
    """How often they replied, wrote or asked for a call behind the human link, or said whether one felt understood."""
    return (acts.day >= today - 90).sum()


@insight("clicks_90", Type.INT, "email", "who followed a link of {amount} in the last 90 days (proven by a human)",
         of="clicked", label="number of emails of which they followed a link in the last 90 days", none=0,
         window=Window(90), line="followed a link of {clicks_90} in the last 90 days",
         because="You followed a link of {clicks_90} from us in the last 90 days")  # fmt: skip
def clicks_90(clicks: Any, today: int) -> Any:
    """Of how many emails they followed a link in the last 90 days, as far as a human is proven to have done it."""
    return (clicks.day >= today - 90).sum()


@insight("last_engaged_at", Type.TIME, "", "whose last answer to our emails {is}", of=HUMAN_ACTS[0],
         also=HUMAN_ACTS[1:], label="last answer to an email", lasts=True, line="last answered us on {last_engaged_at}",
         because="You last answered us on {last_engaged_at}")  # fmt: skip
def last_engaged_at(acts: Any, today: int) -> Any:
    """When they last did with an email of ours what only a human being does."""
    return acts["at"].max()


@insight("emails_unanswered", Type.INT, "email", "who got {amount} since they last answered one", of="email_sent",
         also=HUMAN_ACTS, label="number of emails since their last answer", none=0,
         line="got {emails_unanswered} since they last answered",
         because="You got {emails_unanswered} from us since you last answered")  # fmt: skip
def emails_unanswered(told: Any, today: int) -> Any:
    """How many emails of ours left to them since they last answered one, or ever: many are a reason to write less."""
    sent = told["name"] == "email_sent"
    answers = told.filter(~sent).group_by("customer_id").aggregate(answered=lambda each: each["at"].max())
    emails = told.filter(sent).left_join(answers, "customer_id")
    unanswered = emails.filter(emails.answered.isnull() | (emails["at"] > emails.answered))
    return unanswered.group_by("customer_id").aggregate(emails_unanswered=unanswered.count())


@insight("spend_trend", Type.FLOAT, "time", "who spend {amount} what they did before", of=INSIGHTS_BEFORE,
         label="amount of the last 90 days, as a multiple of the 90 days before",
         line="{spend_90} in the last 90 days, {spend_before_90} in the 90 before",
         because="You spent {spend_90} in the last 90 days, and {spend_before_90} in the 90 before")  # fmt: skip
def spend_trend(known: Any, today: int) -> Any:
    """How the last 90 days compare with the 90 before: 0.5 is half as much; without anything before, not known."""
    return known.spend_90.fill_null(0) / known.spend_before_90.nullif(0).cast("float64")


@insight("milestone", Type.INT, "basket", "whose last milestone is {amount}", of=INSIGHTS_BEFORE, none=0, lasts=True,
         label="last milestone reached", line="reached {milestone}",
         because="You have had {milestone} with us")  # fmt: skip
def milestone(known: Any, today: int) -> Any:
    """The highest round number of baskets they have reached."""
    reached = [ibis.ifelse(known.baskets_ever.fill_null(0) >= each, each, 0) for each in MILESTONES]
    return ibis.greatest(*reached)


@insight("rfm", Type.TEXT, "", "whose class of recency, frequency and money {is}", of=INSIGHTS_BEFORE,
         label="class of recency, frequency and money", line="class {rfm} (recency, frequency, money)",
         because="How lately, often and much you shop is {rfm} to us")  # fmt: skip
def rfm(known: Any, today: int) -> Any:
    """Three digits, each 3 (best) to 1, by the limits of RFM: "321" came lately, now and then, and spent little."""
    asked = (known.days_since_basket, known.baskets_365.fill_null(0), known.spend_365.fill_null(0))
    better = (operator.le, operator.ge, operator.ge)
    digits = [
        ibis.ifelse(test(column, best), "3", ibis.ifelse(test(column, middling), "2", "1"))
        for column, (best, middling), test in zip(asked, RFM, better, strict=True)
    ]
    return ibis.ifelse(known.last_basket_at.notnull(), digits[0] + digits[1] + digits[2], ibis.null("string"))
