"""Cards and forms for the room's own tests."""

from handlers.message import Bullets, Card, Choice, Field, Form, Heading, Paragraph, Run


def card(text, *buttons, heading=None, points=()):
    """A card with a heading, a sentence, some points and some buttons."""
    blocks = [Heading((Run(heading),))] if heading else []
    blocks.append(Paragraph((Run(text),)))
    if points:
        blocks.append(Bullets(tuple((Run(point),) for point in points)))
    plain = "\n".join(part for part in (heading, text, *points) if part)
    return Card(blocks=tuple(blocks), plain=plain, buttons=tuple(buttons))


def key_line_form(*, typed="", error=None):
    """A form with a field of each kind."""
    intro = (Paragraph((Run("The council and the team will read this."),)),)
    members = (Choice(value="ruth", label="Ruth Okafor"), Choice(value="martin", label="Martin Webb"))
    return Form(
        title="Key line of enquiry", phrase="kloe add", submit="Save", hidden={"challenge": 7}, intro=intro,
        fields=(
            Field(name="text", label="What should the team find out?", kind="long", limit=300,
                  hint="One question, in your own words.", value=typed, error=error),
            Field(name="short", label="Short name", required=False, limit=40, value="Front door"),
            Field(name="day", label="By when", kind="date", required=False),
            Field(name="number", label="Place in the list", kind="number", required=False),
            Field(name="lead", label="Who leads on it", kind="choice", required=False, choices=members),
            Field(name="with", label="Who else works on it", kind="choices", required=False, choices=members),
        ),
    )  # fmt: skip
