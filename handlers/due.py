"""Who has something dated: the nouns whose moments make up a challenge's agenda."""

from handlers.agenda import Source

SOURCES: tuple[Source, ...] = ()
