"""Measure: `python -m tests.bench NAME …` runs the bench of that name, with what is given after it."""

import runpy
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Run one."""
    known = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    if len(sys.argv) < 2 or sys.argv[1] not in known:
        sys.exit(f"say what to measure: {', '.join(known)}")
    sys.argv = [sys.argv[1], *sys.argv[2:]]
    runpy.run_path(str(HERE / f"{sys.argv[0]}.py"), run_name="__main__")


if __name__ == "__main__":
    main()
