"""A believable challenge for the room's own tests and pictures. Everybody in it is made up."""

from datetime import timedelta

from bot.room import messages
from handlers.message import Bullets, Button, Card, Divider, Heading, Paragraph, Run
from tests.bot.room.cards import card

EXAMPLESHIRE = "Exampleshire County Council"
PEOPLE = {
    "Helen Marsh": EXAMPLESHIRE,
    "Sam Idle": EXAMPLESHIRE,
    "Priya Nair": "Regional improvement programme",
    "Jo Bright": "Regional improvement programme",
    "Ruth Okafor": "Northmere Council",
    "Martin Webb": "Wexborough Council",
    "Dana Reed": "Saltmarsh City Council",
}


async def furnish(house):
    """Put a challenge into the room, with something to read for everybody."""
    for name, council in PEOPLE.items():
        house.person(name, council)
    programme = house.room("Regional programme", "programme", "priya", "jo")
    liaison = house.room(
        "Exampleshire: liaison (the council can read this)",
        "liaison", "helen", "sam", "jo", "ruth", "martin",
    )  # fmt: skip
    team = house.room("Exampleshire: peer team", "team", "ruth", "martin", "dana", "jo")
    council = house.room("Exampleshire: council", "council", "helen", "sam")
    times = card("On site 10 to 13 November. Base room: Civic Centre 2.14.", heading="Shared times")
    state = await house.platform.post(team, _state_card(), "state")
    await house.platform.pin(state)
    await house.platform.post("direct-helen", _summary(), "summary")
    await house.platform.post(programme, card("Step 4 of 11. Everybody can be reached."), "p1")
    await house.platform.post(council, card("Sam has two things this week."), "c1")
    await house.platform.post(liaison, times, "l1")
    _talk(house, liaison, team)
    not_today = Button(label="Not for today", phrase="status")
    whisper = card("Noted for today. Only the team reads this.", not_today)
    await house.platform.post(team, whisper, "w1", only_for="dana")
    house.due = [
        (house.moment + timedelta(hours=7, minutes=45), team, "Time for today's notes."),
        (house.moment + timedelta(days=1), liaison, "On-site day two begins."),
    ]


def _talk(house, liaison, team):
    for place, author, text in (
        (liaison, "sam", "The learning plan is nearly there, sorry to be late."),
        (liaison, "jo", "Thank you Sam. Thursday noon is fine."),
        (team, "dana", "Great session with the care leavers' group.\nHousing choices came up three times."),
        (team, "martin", "Same in mine. Shall we compare before the debrief?"),
    ):
        messages.say(house.chat, place=place, author=author, text=text)


def _state_card():
    return Card(
        blocks=(
            Heading((Run("Exampleshire: peer team room. The council is not here"),)),
            _line("Now", "on site, day 2 of 4"),
            _line("Today", "16:45 notes · 17:00 debrief · 17:45 Martin and Ruth meet Helen"),
            _line("Evidence", "front door 3 kinds; care leavers 1, Thursday 14:00 is free"),
            _line("Waiting", "learning plan, Sam, Thursday noon"),
            _line("Message to Helen", "not drafted; Martin and Ruth agree it"),
            Divider(),
            _line("Help", "Ruth on site; Jo until 17:00, then Priya"),
        ),
        plain="Exampleshire: peer team room. Now: on site, day 2 of 4",
        buttons=(
            Button(label="Add note", phrase="kloe add", main=True, opens_form=True),
            Button(label="My day", phrase="status"),
            Button(label="What's next", phrase="next me"),
        ),
    )


def _summary():
    points = (
        "Strength: staff explain thresholds in the same way.",
        "To consider: reasons for decisions are recorded unevenly.",
        "Still exploring: what partners hear after referring.",
    )
    return Card(
        blocks=(
            Heading((Run("Exampleshire peer challenge: Wednesday 11 November, day 2 of 4"),)),
            Paragraph((Run("From Martin and Ruth, to Helen. Confirms our 5.45pm conversation."),)),
            Paragraph((Run("Emerging themes, not conclusions; they may change.", emphasis=True),)),
            Paragraph((Run("Front door: are threshold decisions consistent?", strong=True),)),
            Bullets(tuple((Run(point),) for point in points)),
            Paragraph((Run("Does anything surprise you, or need context?"),)),
        ),
        plain="Exampleshire peer challenge: Wednesday 11 November, day 2 of 4.",
        buttons=tuple(
            Button(label=label, phrase=f"agree {label}", main=label == "Thank you")
            for label in ("Thank you", "Add context", "Talk tonight", "Talk tomorrow")
        ),
    )


def _line(label, text):
    return Paragraph((Run(f"{label}: ", strong=True), Run(text)))
