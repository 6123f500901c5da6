"""A format that a programme adds in its own folder of templates: played end to end, no Python changed."""

from pathlib import Path

import httpx
import pytest

from bot.rehearsal import Rehearsal, room_desk
from bot.settings import OWN_TEMPLATES, Settings
from handlers.shapes import Shapes
from tests.conftest import talk
from tests.fakes import database

THEIRS = Path(__file__).parent / "third_format"


@pytest.fixture
async def room(tmp_path):
    """A rehearsal whose operator has a folder of templates with one more format and questionnaire."""
    rehearsal = Rehearsal(tmp_path, room_desk(Settings(templates=THEIRS)), database=database.fresh(tmp_path))
    transport = httpx.ASGITransport(app=rehearsal.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
        yield client
    rehearsal.close()


def test_format_in_the_folder_of_an_operator_stands_beside_those_that_ship():
    shipped, both = Shapes.load(OWN_TEMPLATES), Shapes.load(OWN_TEMPLATES, THEIRS)

    assert set(both.formats) - set(shipped.formats) == {"theme_day"}
    assert set(both.questionnaires) - set(shipped.questionnaires) == {"afterthoughts"}
    assert both.default == shipped.default


def test_folder_of_an_operator_is_named_in_the_environment(monkeypatch):
    monkeypatch.setenv("CRITICAL_FRIEND_TEMPLATES", str(THEIRS))

    assert Settings().template_folders == (OWN_TEMPLATES, THEIRS)


async def test_challenge_of_another_shape_is_played_from_its_opening_to_its_questionnaire(room):
    assert await talk(room, (THEIRS / "theme_day.talk").read_text(encoding="utf-8"))
