"""How long does the server take for a page? Each page of a demo home, asked over and over; milliseconds."""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from sqlmodel import col, select

from mailer import clock
from mailer.people import sign_in
from mailer.people.staff import Staff
from mailer.web import create_app
from mailer.web.exchange import COOKIE
from tests.browser import town as towns


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--home", help="a demo home to use again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, towns.served(towns.make(Path(given.home or folder))) as town:
        app = create_app(town.house, one_click=True)
        clients = {}
        for who in {page.who for page in town.pages}:
            clients[who] = app.test_client()
            if who:
                with town.house.store.write() as session:
                    staff = session.exec(select(Staff).where(col(Staff.name).startswith(who))).one()
                    _, cookie = sign_in.begin(session, staff, clock.now(), 12)
                clients[who].set_cookie(COOKIE, cookie)
        for page in town.pages:
            if page.path.startswith("/mailbox"):
                continue
            took = []
            for _ in range(given.times + 2):
                begun = time.perf_counter()
                clients[page.who].get(page.path).get_data()
                took.append((time.perf_counter() - begun) * 1000)
            took = sorted(took[2:])
            print(f"{page.name:22} median {statistics.median(took):6.1f}  p95 {took[int(len(took) * 0.95) - 1]:6.1f}")


if __name__ == "__main__":
    main()
