"""How does a new house begin? With a folder of its own, empty tables, and one administrator."""

import secrets
import shutil
from datetime import datetime

from mailer.errors import Invalid
from mailer.house import House
from mailer.paths import Home, shipped_home
from mailer.people import accounts
from mailer.people.staff import Role, Staff, set_password


def found(home: Home, settings_text: str | None = None) -> list[str]:
    """Make the folders and the settings file of a new home; return what was made.

    Raises:
        Invalid: there is a home already; nothing is overwritten.
    """
    if home.config.exists():
        raise Invalid(f"{home.root} is a home already ({home.config} is there); nothing was changed")
    made = []
    for folder in (home.config.parent, home.segments, home.templates[0], home.var):
        folder.mkdir(parents=True, exist_ok=True)
        made.append(f"{folder}/")
    shipped = shipped_home() / "config" / "mailer.toml"
    home.config.write_text(settings_text or shipped.read_text(encoding="utf-8"), encoding="utf-8")
    return [*made, str(home.config)]


def furnish(home: Home) -> None:
    """Copy the shipped segments, campaigns and insights into a home, where they are its own from then on."""
    shipped = Home(shipped_home())
    shutil.copytree(shipped.segments, home.segments, dirs_exist_ok=True)
    shutil.copy(shipped.campaigns, home.campaigns)
    shutil.copy(shipped.insights, home.insights)


def appoint(house: House, *, name: str, email: str, role: Role, now: datetime, zone: str = "UTC") -> tuple[Staff, str]:
    """Add a member of staff with a fresh password; return both. Representatives work Monday to Friday, nine to five.

    Raises:
        Invalid: the address cannot be one, or somebody has it already.
    """
    password = secrets.token_urlsafe(12)
    with house.store.write() as session:
        staff = accounts.join(session, name=name, email=email, role=role, now=now, zone=zone)
        set_password(staff, password)
        session.add(staff)
    return staff, password
