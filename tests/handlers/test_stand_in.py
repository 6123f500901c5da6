import pytest

from handlers.stand_in import read
from tests.handlers.on_site_begun import DRAFTED, played


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("amir for ruth", {"name": "amir", "absent": "ruth"}),
        ("Amir Khan for Ruth Ellis", {"name": "Amir Khan", "absent": "Ruth Ellis"}),
        ("amir", {"name": "amir"}),
        ("for ruth", {"name": "for ruth"}),
        ("", {}),
    ],
)
def test_read_takes_names_apart(typed, values):
    assert read(typed) == values


async def test_stand_in_agrees_today_and_tomorrow_no_more(visit):
    script = """
Priya: stand in amir for ruth
Amir sees "you as peer challenge manager for today"
Amir sees "Draft. Not sent"
Ruth sees "Priya Nair asked Amir Khan to stand in for you today"
Priya: stand in amir for ruth
Priya sees "Amir Khan is one of those who agree messages already"
Amir: summary agree
Martin: summary agree
Helen sees "From Martin and Amir"
at 2026-11-11 09:00
Amir: note strength More
Amir: summary
Amir sees "That is for Martin and Ruth"
"""
    await played(visit, DRAFTED + script)


async def test_both_away_two_stand_ins_agree(visit):
    script = """
Priya: stand in amir for ruth
Priya: stand in dana for martin
Amir: summary agree
Dana: summary agree
Helen sees "From Dana and Amir"
"""
    await played(visit, DRAFTED + script)


@pytest.mark.parametrize(
    ("typed", "sees"),
    [
        ("sam for ruth", "Sam Okoro is not in the peer team"),
        ("jo for ruth", "Jo Baker is not in the peer team"),
        ("martin for ruth", "Martin Lowe is one of those who agree messages already"),
        ("amir for dana", "Dana Reed does not agree messages today"),
        ("zoe for ruth", "zoe"),
    ],
)
async def test_stand_in_that_cannot_be_is_refused(visit, typed, sees):
    await played(visit, DRAFTED + f'Priya: stand in {typed}\nPriya sees "{sees}"')


@pytest.mark.parametrize("name", ["Jo", "Helen", "Ruth", "Dana"])
async def test_stand_in_named_by_others_is_refused(visit, name):
    await played(visit, DRAFTED + f'{name}: stand in amir for ruth\n{name} sees "I can\'t do"')


async def test_stand_in_named_by_a_role_that_the_format_does_not_ask_is_refused(visit):
    script = """
Jo: confirm @Tom as principal adviser
Tom: stand in amir for ruth
Tom sees "A stand-in is named by the programme manager"
"""
    await played(
        visit,
        DRAFTED.replace(
            'person "Tom Hale", council="Exampleshire County Council", email="tom@exampleshire.example"',
            'person "Tom Hale", council="Regional programme", email="tom@programme.example"',
        )
        + script,
    )
