"""A real house with customers, what they bought, a segment, and a campaign that was approved and started.

Its letter is the personal mail everything is measured with: about 20 kB on the wire, three conditionals, a loop of
five, links that are tokens, list headers.
"""

from datetime import timedelta
from pathlib import Path

from mailer import clock, founding, pipeline, settings
from mailer.campaigns.campaign import Campaign, CampaignState
from mailer.delivery import signing
from mailer.house import House
from mailer.insights import events
from mailer.paths import Home
from mailer.people import intake
from mailer.people.consent import Topic
from mailer.people.intake import NewCustomer
from mailer.people.staff import Role
from mailer.segments import segment as segments
from mailer.segments.criteria import from_data
from mailer.store import CHUNK
from tests.drill.house import DOMAIN

SETTINGS = """
[brand]
name = "Corner Shop"
address = "1 High Street"
base_url = "https://mail.drill.example"
[delivery]
transport = "{transport}"
domain = "{domain}"
connections = {connections}
[replies]
domain = "reply.drill.example"
listen = ""
[gate]
quiet_from = "00:00"
quiet_until = "00:00"
[log]
level = "error"
[store]
url = "{url}"
{more}
"""
CRITERIA = {
    "all": [
        {"field": "days_since_basket", "op": "at_least", "value": 30},
        {"field": "baskets_365", "op": "at_least", "value": 1},
        {"field": "spend_365", "op": "at_least", "value": 100},
        {"field": "favourite_department", "op": "is", "value": "Bakery"},
        {"field": "first_name", "op": "is_not", "value": "Nobody"},
    ]
}  # five reasons, and so a loop of five
PARAGRAPH = (
    "<p>Our bakers begin at three in the morning, and by six the first loaves are on the shelf: rye, spelt, and the "
    "white one with the dark crust. Number {n} of what is new this week is made from last year's wheat.</p>\n"
)
LETTER = """+++
subject = "{{ customer.first_name|default('Hello') }}, is everything all right?"
preheader = "It has been longer than usual, and we noticed."
+++
<h1>We have missed you{% if customer.first_name %}, {{ customer.first_name }}{% endif %}.</h1>
<p>{% if facts.days_since_basket %}The last time was {{ facts.days_since_basket|days }} ago.
{% else %}It has been a while.{% endif %}</p>
<p>{% if facts.favourite_department %}In {{ facts.favourite_department|lower }}, where you buy most, much is new.
{% else %}Much is new.{% endif %}</p>
<ul>{% for sentence in because %}<li>{{ sentence }}</li>{% endfor %}</ul>
""" + "".join(PARAGRAPH.format(n=n) for n in range(1, 13)) + """<p class="signed">{{ rep.first_name }}</p>
"""  # fmt: skip


def found(
    folder: Path, customers: int, transport: str, *, url: str = "", connections: int = 8, keys: tuple[str, ...] = ()
) -> Home:
    """Make the home, its people, what they bought, and the started campaign; nobody is chosen yet."""
    home = Home(folder / "home")
    named = [signing.make(home, DOMAIN, f"{kind[0]}1", kind)[1] for kind in keys]
    more = f'[dkim]\nkeys = "{" ".join(named)}"' if named else ""
    said = SETTINGS.format(transport=transport, domain=DOMAIN, connections=connections, url=url, more=more)
    founding.found(home, said)
    (home.templates[0] / "drill").mkdir(parents=True)
    (home.templates[0] / "drill" / "en.html").write_text(LETTER)
    (folder / "store").write_text(url or f"sqlite:///{home.var}/mailer.db")
    house = open_house(home)
    now = clock.now()
    founding.appoint(house, name="Maya Lindqvist", email=f"maya@{DOMAIN}", role=Role.REPRESENTATIVE, now=now)
    nora, _ = founding.appoint(house, name="Nora Feld", email=f"nora@{DOMAIN}", role=Role.MARKETER, now=now)
    with house.store.write() as session:
        session.add(Topic(id="offers", name="Offers", description="What is new"))
    for start in range(1, customers + 1, CHUNK):
        numbers = range(start, min(start + CHUNK, customers + 1))
        with house.store.write() as session:
            rows = [
                NewCustomer(external_id=f"c{n}", email=f"c{n}@example.com", first_name=f"Customer{n}", language="en",
                            time_zone="UTC", topics=("offers",))
                for n in numbers
            ]  # fmt: skip
            intake.take_customers(session, rows, now)
            bought = {"amount_cents": 1999, "items": 3, "department": "Bakery"}
            told = [
                {
                    "key": f"b{n}",
                    "customer_id": n,
                    "name": "basket",
                    "at": now - timedelta(days=60),
                    "properties": bought,
                }
                for n in numbers
            ]
            events.take(session, told)
    with house.store.write() as session:
        segment = segments.save(session, name="all", title="All", description="", criteria=from_data(CRITERIA), now=now)
        session.flush()
        campaign = Campaign(
            name="drill", title="Drill", segment_id=segment.id, topic_id="offers", template="drill",
            state=CampaignState.DRAFT, schedule={"kind": "once", "on": "2099-01-01", "at": "09:00", "zone": "UTC"},
            created_at=now,
        )  # fmt: skip
        session.add(campaign)
        session.flush()
        pipeline.approve(house, session, campaign, nora.id or 0, now)
        pipeline.run_now(house, session, campaign, now)
    house.close()
    return home


def open_house(home: Home, failpoints: dict[str, str] | None = None) -> House:
    """Open the house as `mailer run` does, for itself."""
    house = House(home, settings.load(home, {}).model_copy(update={"failpoints": failpoints or {}}))
    house.store.lock()
    house.store.upgrade()
    pipeline.wake(house, clock.now())
    return house


def choose(house: House) -> int:
    """Fold what was bought, and choose the recipients of all runs; return how many."""
    now = clock.now()
    pipeline.fold(house, now)
    return sum(pipeline.choose(house, run, now) for run in pipeline.plan(house, now))
