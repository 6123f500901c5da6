"""Who has something dated: the nouns whose moments make up a challenge's agenda."""

from handlers import closing_prompt, on_site, roles, rounds, sponsor_talks, state_card, stuck
from handlers.agenda import Source

SOURCES: tuple[Source, ...] = (
    state_card.due,
    roles.due,
    stuck.due,
    rounds.due,
    closing_prompt.due,
    on_site.due,
    sponsor_talks.due,
)
