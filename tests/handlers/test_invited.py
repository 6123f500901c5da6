"""Whoever is only invited, or only reads the released messages, learns of nobody and of no date."""

import re

import pytest

from handlers.commands import COMMANDS

NAMES = re.compile(r"\b(Helen|Ruth|Jo|Dana)\b")
PLANS = ("2026-11", "Preview", "preview", "sponsor asked", "Agree the scoping")
RESTS = ("", " helen", " all", " dana", " 1")
OPEN = [
    command.phrase
    for command in COMMANDS
    if command.needs_challenge and (not command.roles or command.roles & {"invited", "summary_reader"})
]


@pytest.mark.parametrize("role", ["invited", "summary_reader"])
@pytest.mark.parametrize("phrase", OPEN)
def test_open_command_tells_somebody_without_a_real_part_no_name_and_no_date(house, role, phrase):
    house.appoint("Dana", "peer")
    house.appoint("Nora", role)
    shown = [repr(house.says("Nora", f"{phrase}{rest}", can_open_form=True)) for rest in RESTS]

    assert [one for one in shown if NAMES.search(one)] == []
    assert [one for one in shown if any(plan in one for plan in PLANS)] == []


@pytest.mark.parametrize("role", ["invited", "summary_reader"])
@pytest.mark.parametrize("line", ["status", "dates", "next", "next helen", "next all"])
def test_status_dates_and_next_are_refused_to_somebody_without_a_real_part(house, role, line):
    house.appoint("Nora", role)

    assert f"I can't do {line.split()[0]} for you" in house.says("Nora", line).card.plain
