import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules import phrases

FORMATS = ["lga_full", "regional_two_day"]
AREAS = ["Front door", "Care leavers"]
COUNCILS = ["Exampleshire County Council", "Borough of Northmere", "St Mary's District Council"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("dana as peer for care leavers", {"name": "dana", "role": "peer", "expertise": "care leavers"}),
        ("invite @Dana Reed as lead peer", {"name": "Dana Reed", "role": "lead_peer"}),
        ("dana@saltmarsh.example as peer", {"name": "dana@saltmarsh.example", "role": "peer"}),
        (
            "Dana  from Saltmarsh  as the Peer Challenge Manager.",
            {"name": "Dana", "council": "Saltmarsh", "role": "challenge_manager"},
        ),
        ("dana for care leavers as a peer", {"name": "dana", "role": "peer", "expertise": "care leavers"}),
        ("dana for work as carers", {"name": "dana", "expertise": "work as carers"}),
        ("dana as wizard for magic", {"name": "dana", "role": "wizard", "expertise": "magic"}),
        ("as children\u2019s improvement adviser", {"role": "improvement_adviser"}),
        ("Dana", {"name": "Dana"}),
        ("invite", {}),
        ("", {}),
    ],
)
def test_invitation_as_typed_gives_its_values(text: str, values: dict[str, str]) -> None:
    assert phrases.invitation(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("helen with tom 11-12 nov", {"name": "helen", "deputy": "tom", "days": "11-12 nov"}),
        (
            "cover Helen Marsh by @Tom Reed from 11 to 12 November.",
            {"name": "Helen Marsh", "deputy": "Tom Reed", "days": "11 to 12 November"},
        ),
        ("helen with april thu", {"name": "helen", "deputy": "april", "days": "thu"}),
        ("helen with tom 11-12 novv", {"name": "helen", "deputy": "tom", "days": "11-12 novv"}),
        ("helen", {"name": "helen"}),
        ("", {}),
    ],
)
def test_cover_as_typed_gives_its_values(text: str, values: dict[str, str]) -> None:
    assert phrases.cover(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("jo to priya", {"name": "jo", "to": "priya"}),
        (
            "hand over Jo to Priya Shah as coordinator from 12 nov",
            {"name": "Jo", "to": "Priya Shah", "role": "coordinator", "day": "12 nov"},
        ),
        ("jo", {"name": "jo"}),
    ],
)
def test_handover_as_typed_gives_its_values(text: str, values: dict[str, str]) -> None:
    assert phrases.handover(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('sam "book rooms" by 20 oct', {"owner": "sam", "text": "book rooms", "by": "20 oct"}),
        ("Sam Lee \u201cbook rooms\u201d by fri.", {"owner": "Sam Lee", "text": "book rooms", "by": "fri"}),
        ("sam 'book rooms'", {"owner": "sam", "text": "book rooms"}),
        (
            "sam book rooms by the river by 20 oct",
            {"owner": "sam", "text": "book rooms by the river", "by": "20 oct"},
        ),
        ("sam write it by hand", {"owner": "sam", "text": "write it by hand"}),
        ("sam book Helen's room", {"owner": "sam", "text": "book Helen's room"}),
        ("@Sam book rooms by 35 oct", {"owner": "Sam", "text": "book rooms", "by": "35 oct"}),
        ('"book rooms"', {"text": "book rooms"}),
        ("task", {}),
    ],
)
def test_task_as_typed_gives_its_values(text: str, values: dict[str, str]) -> None:
    assert phrases.task(text) == values


def test_task_without_quotes_takes_the_longest_known_owner() -> None:
    assert phrases.task("Sam Lee book rooms", ["Sam", "Sam Lee"]) == {
        "owner": "Sam Lee",
        "text": "book rooms",
    }


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('host "learning plan" by thu noon', {"to": "host", "text": "learning plan", "by": "thu noon"}),
        (
            "ask the council learning plan by noon",
            {"to": "the council", "text": "learning plan", "by": "noon"},
        ),
        ("sam learning plan", {"to": "sam", "text": "learning plan"}),
    ],
)
def test_request_as_typed_gives_its_values(text: str, values: dict[str, str]) -> None:
    assert phrases.request(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3", {"item": "3"}),
        ("done book rooms.", {"item": "book rooms"}),
        ("3 not needed because we have rooms", {"item": "3", "reason": "we have rooms"}),
        ("book rooms is Not Needed: have some", {"item": "book rooms", "reason": "have some"}),
        ("3 not needed", {"item": "3", "reason": ""}),
    ],
)
def test_done_as_typed_gives_its_values(text: str, values: dict[str, str]) -> None:
    assert phrases.done(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("3 fri", {"item": "3", "until": "fri"}),
        ("3 20 oct", {"item": "3", "until": "20 oct"}),
        ("book 3 rooms until next friday", {"item": "book 3 rooms", "until": "next friday"}),
        ("fri", {"until": "fri"}),
        ("3", {"item": "3"}),
    ],
)
def test_snooze_as_typed_gives_its_values(text: str, values: dict[str, str]) -> None:
    assert phrases.snooze(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "exampleshire lga_full 10-13 nov",
            {"council": "exampleshire", "format": "lga_full", "days": "10-13 nov"},
        ),
        (
            "new North Exampleshire LGA full 10 to 13 November 2026",
            {"council": "North Exampleshire", "format": "lga_full", "days": "10 to 13 November 2026"},
        ),
        ("regional-two-day Exampleshire", {"council": "Exampleshire", "format": "regional_two_day"}),
        (
            "exampleshire lga_ful 10-13 nov",
            {"council": "exampleshire", "format": "lga_ful", "days": "10-13 nov"},
        ),
        ("exampleshire themed_review", {"council": "exampleshire", "format": "themed_review"}),
        ("north exampleshire", {"council": "north exampleshire"}),
        ("", {}),
    ],
)
def test_opening_as_typed_gives_its_values(text: str, values: dict[str, str]) -> None:
    assert phrases.opening(text, FORMATS) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("move 10 nov to 17 nov", {"from": "10 nov", "to": "17 nov"}),
        ("dates move 10 to 13 nov to 17 to 20 nov", {"from": "10 to 13 nov", "to": "17 to 20 nov"}),
        ("Move to 17-20 nov.", {"to": "17-20 nov"}),
        ("", {}),
    ],
)
def test_dates_as_typed_gives_its_values(text: str, values: dict[str, str]) -> None:
    assert phrases.dates(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "front door strength Staff explain thresholds.",
            {"about": "Front door", "kind": "strength", "text": "Staff explain thresholds."},
        ),
        (
            "Front  Door: to consider \u2013 reasons\nare uneven",
            {"about": "Front door", "kind": "consider", "text": "reasons\nare uneven"},
        ),
        (
            "still exploring care leavers housing",
            {"about": "Care leavers", "kind": "exploring", "text": "housing"},
        ),
        ("good practice the huddle", {"kind": "strength", "text": "the huddle"}),
        ("front doors are busy", {"text": "front doors are busy"}),
        ("care leavers", {"about": "Care leavers"}),
    ],
)
def test_note_as_typed_gives_its_values(text: str, values: dict[str, str]) -> None:
    assert phrases.note(text, AREAS) == values


def test_note_about_the_longer_of_two_names_takes_the_longer() -> None:
    assert phrases.note("front door strength x", ["Front", "Front door"])["about"] == "Front door"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2 Is early help soon enough?", {"number": "2", "text": "Is early help soon enough?"}),
        ("#2: Is it?", {"number": "2", "text": "Is it?"}),
        ("no. 2", {"number": "2"}),
        ("Is it 2?", {"text": "Is it 2?"}),
        ("", {}),
    ],
)
def test_numbered_as_typed_gives_its_values(text: str, values: dict[str, str]) -> None:
    assert phrases.numbered(text) == values


# Commands and challenges


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("invte dana", ["invite"]),
        ("kloe ad Is it?", ["kloe add", "kloe drop", "kloe edit"]),
        ("xyzzy", []),
        ("", []),
    ],
)
def test_nearest_to_what_was_typed_comes_first(typed: str, found: list[str]) -> None:
    assert phrases.nearest(typed, ["status", "invite", "kloe drop", "kloe edit", "kloe add"]) == found


@pytest.mark.parametrize("sign", ["a", '"', "9", "a@", "12/"])
def test_nearest_to_a_flood_of_letters_is_nothing_at_once(sign: str) -> None:
    begun = time.thread_time()
    found = phrases.nearest(sign * 50_000, ["status", "invite", "kloe drop"] * 30)

    assert (found, time.thread_time() - begun < 0.5) == ([], True)


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("status in exampleshire", ("status", "Exampleshire County Council")),
        ("status In Exampleshire County Council.", ("status", "Exampleshire County Council")),
        ("next in northmere", ("next", "Borough of Northmere")),
        ("next in borough-of-northmere?", ("next", "Borough of Northmere")),
        ("status in st mary\u2019s", ("status", "St Mary's District Council")),
        (
            "kloe add Is trust in place in exampleshire",
            ("kloe add Is trust in place", "Exampleshire County Council"),
        ),
        ("kloe add Who is in charge in exampleshire?", ("kloe add Who is in charge in exampleshire?", None)),
        ("kloe add Trust in the front door", ("kloe add Trust in the front door", None)),
        ("in exampleshire", ("", "Exampleshire County Council")),
        ("status in", ("status in", None)),
    ],
)
def test_in_challenge_at_the_end_is_taken_off(text: str, parted: tuple[str, str | None]) -> None:
    assert phrases.in_challenge(text, COUNCILS) == parted


def test_in_challenge_that_names_two_is_left() -> None:
    names = ["Exampleshire 2026", "Exampleshire 2027"]
    assert phrases.in_challenge("status in exampleshire", names) == ("status in exampleshire", None)
    assert phrases.in_challenge("status in exampleshire 2027", names) == ("status", "Exampleshire 2027")


# Whatever is typed

pieces = st.sampled_from(
    [
        "sam",
        "to",
        "by",
        "with",
        "as peer",
        "for",
        "in",
        "10 nov",
        "fri",
        "-",
        '"',
        "\u201c",
        "{{ 7*7 }}",
        "<!channel>",
        "\n",
    ]
)


@given(text=st.lists(pieces, max_size=12).map(" ".join) | st.text(max_size=80))
def test_any_text_gives_only_values_that_were_typed(text: str) -> None:
    read = [
        phrases.invitation,
        phrases.cover,
        phrases.handover,
        phrases.task,
        phrases.request,
        phrases.done,
        phrases.snooze,
        phrases.opening,
        phrases.dates,
        phrases.numbered,
    ]
    for function in read:
        values = function(text)
        assert all(_was_typed(name, value, text) for name, value in values.items()), (function, values)


def _was_typed(name: str, value: str, text: str) -> bool:
    if name == "role":
        return True
    return all(part in text for part in value.split())
