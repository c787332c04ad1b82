"""How many emails a second does the listener take, each on the disk and committed before its 250?

The client is a process of its own: `smtp-source`, of Postfix, where it is installed.
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from sqlmodel import func, select

from mailer import server
from mailer.house import House
from mailer.paths import Home
from mailer.replies.inbound import InboundEmail
from mailer.settings import Replies, Settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emails", type=int, default=3_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--bytes", type=int, default=4_000)
    given = parser.parse_args()
    source = shutil.which("smtp-source") or "/usr/sbin/smtp-source"
    with tempfile.TemporaryDirectory() as folder:
        house = House(Home(Path(folder)), Settings(replies=Replies(domain="reply.example.com")))
        house.store.create()
        listener = server.listener_of(house, "127.0.0.1", 0)
        port = listener.start()
        begun = time.perf_counter()
        subprocess.run(
            [source, "-c", "-d", "-N", "-s", str(given.connections), "-m", str(given.emails), "-l", str(given.bytes),
             "-f", "ann@example.org", "-t", "hello@reply.example.com", f"127.0.0.1:{port}"],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        took = time.perf_counter() - begun
        listener.stop()
        with house.store.read() as session:
            kept = session.exec(select(func.count()).select_from(InboundEmail)).one()
        house.close()
    print(f"{kept:,} of {given.emails:,} kept, {kept / took:,.0f} a second over {given.connections} connections")


if __name__ == "__main__":
    main()
