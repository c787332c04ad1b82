"""What does a member of staff look like, where there is no photograph? Their initials on their colour.

The picture is drawn, so it needs no file, no network and no consent, and it is the same everywhere. A colour that is
not `#rrggbb` is drawn in grey: it comes from a form, and ends up in markup.
"""

import re
from xml.sax.saxutils import escape, quoteattr

GREY = "#5f6b66"


def initials(name: str) -> str:
    """Return the first letter of the first and of the last name, or "?" of no name."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in dict.fromkeys((words[0], words[-1]))) if words else "?"


def draw(name: str, colour: str) -> str:
    """Return an SVG picture, 96 by 96, that names the person to those who do not see it."""
    ground = colour if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else GREY
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="0 0 96 96" role="img" '
        f"aria-label={quoteattr(name)}>"
        f'<circle cx="48" cy="48" r="48" fill="{ground}"/>'
        f'<text x="48" y="48" dy=".35em" text-anchor="middle" font-family="system-ui, sans-serif" font-size="36" '
        f'font-weight="600" fill="{_ink(ground)}">{escape(initials(name))}</text></svg>'
    )


def _ink(ground: str) -> str:
    """Return white or near black, whichever stands out more from the ground (WCAG 2.2, relative luminance)."""
    channels = (int(ground[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.0565 else "#14201b"
