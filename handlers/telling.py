"""Direct messages to those who agree summaries: each opens with the challenge and the role of its reader."""

from datetime import datetime

from handlers.holding import holding
from handlers.message import Facts
from handlers.post import Post
from handlers.rules.dates import at
from handlers.rules.local import local_day
from handlers.visit import days_of
from store.challenge import Challenge
from store.person import Person


def tell(
    post: Post,
    challenge: Challenge,
    person: Person,
    template: str,
    facts: Facts,
    *,
    key: str,
    hidden: Facts | None = None,
    until: datetime | None = None,
) -> None:
    """Queue a message to one of them, at once on an on-site day."""
    post.to_person(
        person,
        template,
        {**facts, "role": role_of(post, challenge, person)},
        key=f"{key}:{person.id}",
        challenge=challenge,
        hidden=hidden,
        not_before=when_to_tell(post, challenge, person),
        until=until,
    )


def when_to_tell(post: Post, challenge: Challenge, person: Person) -> datetime:
    """Now on an on-site day, when people work in the evening too; else when they may be nudged."""
    today = local_day(post.now, challenge.zone)
    begins = at(today, post.shapes.format(challenge.format).quiet.ends, challenge.zone)
    if today in days_of(challenge) and post.now >= begins:
        return post.now
    return post.when_to_nudge(person, challenge)


def role_of(post: Post, challenge: Challenge, person: Person) -> str:
    """The role in which somebody agrees summaries; of others, the one that names stand-ins."""
    release = post.shapes.format(challenge.format).release
    held = holding(post.session, challenge, local_day(post.now, challenge.zone)).roles_of(person.id)
    return next((role for role in release.agreed_by if role in held), release.stand_in_named_by)
