"""Every talk in tests/talks is played over the room; the main ones under each unkindness too."""

import pytest

from tests.conftest import TALKS, talk

UNKIND = (
    {"drop_line": True},
    {"too_many": True},
    {"delay": 0.001},
    {"twice": True},
    {"no_whispers": True},
    {"no_trigger": True},
)
MAIN = ("thin_thread", "whole_challenge")


@pytest.mark.parametrize("path", sorted(TALKS.glob("*.talk")), ids=lambda path: path.stem)
async def test_talk_over_the_room_holds(room, path):
    _, client = room
    assert await talk(client, path.read_text())


@pytest.mark.parametrize("unkind", UNKIND, ids=lambda unkind: next(iter(unkind)))
@pytest.mark.parametrize("name", MAIN)
async def test_main_talk_over_an_unkind_room_holds(room, name, unkind):
    _, client = room
    (await client.post("/room/unkind", json=unkind)).raise_for_status()
    assert await talk(client, (TALKS / f"{name}.talk").read_text())
