"""The icons of the app for Teams are what their drawings show."""

from pathlib import Path

import pytest

import bot.teams
from tests.png import pixels

pytestmark = pytest.mark.browser

ICONS = Path(bot.teams.__file__).parent / "icons"
NEAR = 24
"""How much a shade at an edge may differ from one Chromium to another."""


@pytest.mark.parametrize(("name", "size"), [("color", 192), ("outline", 32)])
def test_icon_is_its_drawing(chromium, name, size):
    page = chromium.new_page(viewport={"width": size, "height": size})
    drawing = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    page.set_content(f"<style>* {{ margin: 0 }} svg {{ display: block }}</style>{drawing}")
    drawn = pixels(page.screenshot(omit_background=True))
    page.close()

    kept = pixels((ICONS / f"{name}.png").read_bytes())
    pairs = [pair for one, other in zip(kept, drawn, strict=True) for pair in zip(one, other, strict=True)]
    assert max(abs(a - b) for one, other in pairs for a, b in zip(one, other, strict=True)) <= NEAR
