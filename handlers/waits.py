"""Who knows what waits for somebody: the nouns that ask people for something, the most urgent first."""

from handlers import (
    by_hand,
    challenge,
    delivery,
    doubts,
    invitations,
    plan,
    proposal,
    questionnaire,
    scoping,
    sponsor_talks,
    stuck,
    suiting,
    summary_at_hand,
    summary_readers,
)
from handlers.part import Part, Thing, Waits

SOURCES: tuple[Waits, ...] = (
    stuck.waits,
    by_hand.waits,
    summary_at_hand.waits,
    invitations.waits,
    suiting.waits,
    sponsor_talks.waits,
    summary_readers.waits,
    proposal.waits,
    scoping.waits,
    questionnaire.waits,
    challenge.waits,
    delivery.waits,
    doubts.waits,
    invitations.wait_to_be_confirmed,
    plan.waits,
)


def waiting(part: Part) -> list[Thing]:
    """Everything that waits for somebody in a challenge."""
    return [thing for source in SOURCES for thing in source(part)]
