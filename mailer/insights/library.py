"""Which insights does a shop get with the house? These, computed from events named "basket".

A basket has amount_cents, items, department (where most of it was spent) and discount_cents. Windows are civil days in
UTC (see insights.insight). The usual interval is the median number of days between two days with a basket in the last
365, and is known from the fourth such day on: three gaps are the least that a median can shrug one holiday off.
"""

import operator
from typing import Any

import ibis

from mailer.insights.insight import INSIGHTS_BEFORE, Type, day_of, insight

GAPS = 3  # the least that make an interval usual
YEAR = 365
MILESTONES = (10, 25, 50, 100, 250, 500, 1_000)  # baskets
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
             none=0, counts_days=days, line=f"{{baskets_{days}}} {since}",
             because=f"You had {{baskets_{days}}} {since}")  # fmt: skip
    def baskets(baskets: Any, today: int) -> Any:
        return (baskets.day >= today - days).sum()

    @insight(f"spend_{days}", Type.MONEY, "", f"who spent {{amount}} {since}", label=f"amount spent {since}", none=0,
             line=f"spent {{spend_{days}}} {since}", because=f"You spent {{spend_{days}}} {since}")  # fmt: skip
    def spend(baskets: Any, today: int) -> Any:
        return baskets.amount_cents.sum(where=baskets.day >= today - days)


for _days in (30, 90, YEAR):
    _windows(_days)


@insight("usual_interval", Type.FLOAT, "day", "whose usual interval between baskets {is}",
         line="usually every {usual_interval}", because="You usually come every {usual_interval}")  # fmt: skip
def usual_interval(baskets: Any, today: int) -> Any:
    """How many days usually lie between two days with a basket."""
    days = baskets.filter(baskets.day >= today - YEAR).select("customer_id", "day").distinct()
    before = days.day.lag().over(ibis.window(group_by="customer_id", order_by="day"))
    gaps = days.mutate(gap=(days.day - before).cast("float64")).filter(lambda each: each.gap.notnull())
    usual = gaps.group_by("customer_id").aggregate(usual_interval=gaps.gap.median(), gaps=gaps.count())
    return usual.filter(usual.gaps >= GAPS).drop("gaps")


def _favourite(baskets: Any, name: str) -> Any:
    """Return where most was spent; of equals, the first by the alphabet."""
    spent = baskets.group_by("customer_id", "department").aggregate(spent=baskets.amount_cents.sum().fill_null(0))
    spent = spent.filter(spent.department.notnull())
    order = ibis.window(group_by="customer_id", order_by=[ibis.desc("spent"), ibis.asc("department")])
    first = spent.mutate(place=ibis.row_number().over(order)).filter(lambda each: each.place == 0)
    return first.select("customer_id", **{name: first.department})


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
    weeks = baskets.select("customer_id", week=(baskets.day + 3) // 7).distinct()
    by_customer = ibis.window(group_by="customer_id", order_by=ibis.desc("week"))
    weeks = weeks.mutate(place=ibis.row_number().over(by_customer), newest=weeks.week.max().over(by_customer))
    unbroken = (weeks.newest >= (today + 3) // 7 - 1) & (weeks.week + weeks.place == weeks.newest)
    return weeks.filter(unbroken).group_by("customer_id").aggregate(week_streak=lambda each: each.count())


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
    return _anniversary(known, today).cast("timestamp").epoch_seconds() // 86_400 - today


@insight("years", Type.INT, "year", "whose next anniversary marks {amount}", of=INSIGHTS_BEFORE,
         label="number of years at the next anniversary",
         line="next anniversary marks {years}",
         because="Your first basket with us was on {first_basket_at}")  # fmt: skip
def years(known: Any, today: int) -> Any:
    """How many years the next anniversary marks, today's included."""
    return (_anniversary(known, today).year() - known.first_basket_at.year()).cast("int64")


def _anniversary(known: Any, today: int) -> Any:
    first = known.first_basket_at.date()
    so_far = ibis.greatest(day_of(today).year - first.year(), 1)
    soon = first + so_far.as_interval("Y")
    later = first + (so_far + 1).as_interval("Y")
    return ibis.ifelse(soon.cast("date") >= ibis.literal(day_of(today)), soon, later).cast("date")


@insight("new_favourite", Type.TEXT, "", "whose new favourite department {is}", of=INSIGHTS_BEFORE,
         label="new favourite department",
         line="in the last 90 days mostly {new_favourite}, before that {previous_favourite}",
         because="Lately you shopped most in {new_favourite}; before, it was {previous_favourite}")  # fmt: skip
def new_favourite(known: Any, today: int) -> Any:
    """Where they spent most in the last 90 days, if that is not where they did in the year before."""
    return ibis.ifelse(known.recent_favourite != known.previous_favourite, known.recent_favourite, ibis.null("string"))


@insight("repeats", Type.INT, "day", "who came back on {amount}", label="number of days they came back on", none=0,
         lasts=True, line="came back on {repeats}", because="You came back on {repeats}")  # fmt: skip
def repeats(baskets: Any, today: int) -> Any:
    """On how many days after the first one they came: the frequency of models of buying."""
    return baskets.day.nunique() - 1


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
    days = baskets.group_by("customer_id", "day").aggregate(spent=baskets.amount_cents.sum().fill_null(0))
    first = days.day.min().over(ibis.window(group_by="customer_id"))
    later = days.mutate(first=first).filter(lambda each: each.day > each["first"])
    return later.group_by("customer_id").aggregate(repeat_value=later.spent.cast("float64").mean().round())


@insight("baskets_ever", Type.INT, "basket", "who had {amount} ever", label="number of baskets", none=0, lasts=True,
         line="{baskets_ever} in all", because="You had {baskets_ever} with us")  # fmt: skip
def baskets_ever(baskets: Any, today: int) -> Any:
    """How many baskets they had in all."""
    return baskets.count()


@insight("spend_before_90", Type.MONEY, "", "who spent {amount} in the 90 days before the last 90", none=0,
         label="amount spent in the 90 days before the last 90", line="before that {spend_before_90}",
         because="Before that you spent {spend_before_90}")  # fmt: skip
def spend_before_90(baskets: Any, today: int) -> Any:
    """How much they spent in the 90 days before the last 90, today not counted in either."""
    return baskets.amount_cents.sum(where=(baskets.day < today - 90) & (baskets.day >= today - 180))


@insight("emails_90", Type.INT, "email", "who got {amount} of ours in the last 90 days", of="email_sent", none=0,
         label="number of emails of ours in the last 90 days", counts_days=90,
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
         label="number of replies in the last 365 days", counts_days=YEAR,
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
    order = ibis.window(group_by="customer_id", order_by=[ibis.desc("at"), ibis.desc("id")])
    told = answers.select("customer_id", "at", "id", felt_understood=answers.answer)
    newest = told.mutate(place=ibis.row_number().over(order)).filter(lambda each: each.place == 0)
    return newest.select("customer_id", "felt_understood")


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
