"""Where are templates/, segments/, config/ and var/ read from?

A *home* is a folder with those four. It is the one named by `--home` or `MAILER_HOME`, else the current folder if it
holds `config/mailer.toml`, else the home that is shipped with the package, which can be read but not run. Templates
overlay file by file (the home's own first, then the shipped ones); segments and config do not, so that no example
leaks into a real house.
"""

from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).parent
DRESS = _PACKAGE / "web" / "assets" / "dist" / "digest.txt"  # there if what the pages wear was built
UNBUILT = "the pages wear their plain dress, and run no script"
BUILD = "build the other one: make assets"


@dataclass(frozen=True, slots=True)
class Home:
    """One house on disk."""

    root: Path

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.root / "config" / "mailer.toml"

    @property
    def segments(self) -> Path:
        """The folder of segment files."""
        return self.root / "segments"

    @property
    def campaigns(self) -> Path:
        """The file of campaigns that are kept in git."""
        return self.root / "config" / "campaigns.toml"

    @property
    def insights(self) -> Path:
        """The file of insights this house declares itself."""
        return self.root / "config" / "insights.toml"

    @property
    def templates(self) -> tuple[Path, ...]:
        """The folders of templates, the nearest first."""
        shipped = shipped_home() / "templates"
        own = self.root / "templates"
        return (own,) if own == shipped else (own, shipped)

    @property
    def var(self) -> Path:
        """The folder of what the house itself writes: database, warehouse, spool, journal, secret."""
        return self.root / "var"

    @property
    def is_shipped(self) -> bool:
        """Whether this is the example home, which is never written to."""
        return self.root == shipped_home()


def shipped_home() -> Path:
    """Return the home that came with the package: in a checkout its top level, in a wheel `mailer/_home`."""
    inside = _PACKAGE / "_home"
    return inside if inside.is_dir() else _PACKAGE.parent


def find_home(named: str | Path | None, current: Path) -> Home:
    """Return the home to use: the one named, else the current folder, else the shipped one."""
    if named:
        return Home(Path(named).resolve())
    if (current / "config" / "mailer.toml").is_file():
        return Home(current.resolve())
    return Home(shipped_home())
