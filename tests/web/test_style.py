"""The style sheet's colours can be read: WCAG 2.2, 1.4.3 and 1.4.11, in both schemes."""

import re
from pathlib import Path

import pytest

import server.web

_CSS = (Path(server.web.__file__).parent / "static" / "site.css").read_text(encoding="utf-8")
_BLOCKS = re.findall(r":root \{(.*?)\}", _CSS, re.DOTALL)

# (ink, ground, least contrast)
_TEXT, _EDGE = 4.5, 3.0
_PAIRS = [
    *(
        ("text", ground, _TEXT)
        for ground in ("ground", "surface", "note", "danger", "alert", "mark", "tint")
    ),
    *(("quiet", ground, _TEXT) for ground in ("ground", "surface", "tint")),
    *(("accent", ground, _TEXT) for ground in ("ground", "surface", "alert", "tint")),
    ("on-accent", "accent", _TEXT),
    ("field", "surface", _EDGE),
    ("field", "ground", _EDGE),
]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


LIGHT = colours(_BLOCKS[0])
SCHEMES = {"light": LIGHT, "dark": LIGHT | colours(_BLOCKS[1])}


def luminance(colour: str) -> float:
    """Return the relative luminance (0..1), as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground", "least"), _PAIRS)
def test_contrast(scheme: str, ink: str, ground: str, least: float) -> None:
    lights = sorted(luminance(SCHEMES[scheme][name]) for name in (ink, ground))
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= least


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert "url(" not in _CSS
    assert "@import" not in _CSS


def test_every_colour_stands_in_one_place() -> None:
    rest = _CSS
    for block in _BLOCKS:
        rest = rest.replace(block, "")
    assert not re.search(r"#[0-9a-f]{3,8}\b", rest)
