"""A house that sends, in a process of its own: argv is the home; it ends when it is killed, or when nothing is left."""

import sys
from pathlib import Path

import mailer.tables  # noqa: F401 -- every table is known
from mailer import pipeline, settings
from mailer.house import House
from mailer.paths import Home

if __name__ == "__main__":
    home = Home(Path(sys.argv[1]))
    house = House(home, settings.load(home))
    house.store.lock()
    pipeline.recover(house)
    pipeline.send(house)
    house.close()
