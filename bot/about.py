"""What the app is called, and what it says of itself where people choose apps."""

from typing import Final

NAME: Final = "Critical Friend"

SHORT: Final = "Carries a peer challenge from the first scoping question to the last answer."

LONG: Final = (
    "Critical Friend carries a peer challenge from the first scoping question to the last evaluation "
    "answer, in the chat where people already talk: it opens a challenge, asks the scoping questions one "
    "at a time, keeps the plan and the team, helps the peer team with its notes and its no-surprises "
    "message, and gathers the evaluation. What the peer team says among itself reaches the council only "
    "when the named people release it."
)
