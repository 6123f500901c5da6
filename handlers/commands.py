"""The contents page: every phrase a person can say, its function, form, roles, places and help."""

from handlers import challenge, key_lines, programme
from handlers.command import COORDINATION, Command
from handlers.rules import phrases

SCOPERS = COORDINATION | {"sponsor", "improvement_adviser"}

COMMANDS: tuple[Command, ...] = (
    Command("claim", programme.claim, form="claim", help="Take charge of a new programme", example="claim 7QX2-M4"),
    Command(
        "new",
        challenge.open_challenge,
        form="new",
        read=challenge.read_opening,
        prepare=challenge.offered,
        roles=frozenset({"coordinator", "programme_manager"}),
        help="Open a challenge; only council and format are needed",
        example="new exampleshire lga_full 10-13 nov",
    ),
    Command(
        "ready",
        challenge.ready_to_contact,
        roles=COORDINATION,
        also=("ready to contact",),
        help="From now on people may be contacted",
        example="ready in exampleshire",
    ),
    Command(
        "kloe add",
        key_lines.add,
        form="key_line",
        roles=SCOPERS,
        help="Add a key line of enquiry",
        example="kloe add Is early help soon enough?",
    ),
    Command(
        "kloe edit",
        key_lines.edit,
        form="key_line_edit",
        read=phrases.numbered,
        prepare=key_lines.known,
        roles=SCOPERS,
        help="Reword a key line",
        example="kloe edit 2 Is support ready at 18?",
    ),
    Command(
        "kloe drop",
        key_lines.drop,
        form="key_line_drop",
        roles=SCOPERS,
        help="Drop a key line",
        example="kloe drop 3",
    ),
)
