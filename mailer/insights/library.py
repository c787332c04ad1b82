"""Which insights does a shop get with the house? These, computed from events named "basket".

A basket has amount_cents, items, department (where most of it was spent) and discount_cents. Windows are civil days in
UTC (see insights.insight). The usual interval is the median number of days between two days with a basket in the last
365, and is known from the fourth such day on: three gaps are the least that a median can shrug one holiday off.
"""

from typing import Any

import ibis

from mailer.insights.insight import INSIGHTS_BEFORE, Type, day_of, insight

GAPS = 3  # the least that make an interval usual
YEAR = 365


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
