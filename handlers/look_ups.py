"""Looking people up by e-mail address before they matter, one by one; nobody is contacted by that."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy.orm import Session

from handlers.post import Post
from store.challenge import Challenge
from store.person import Person
from store.reaching import last_look_up, never_looked_up

_AGAIN_AFTER = timedelta(days=1)


def want(session: Session, challenge: Challenge, post: Post) -> None:
    """Have everybody with a part, or asked to take one, looked up once whom no chat knows yet."""
    for person in never_looked_up(session, challenge.id):
        post.to_look_up(person, challenge)


def again(session: Session, people: Iterable[Person], challenge: Challenge, post: Post) -> set[int]:
    """Have those looked up again whose last time was a day ago; the ids of those being looked up now."""
    waiting = set()
    for person in people:
        last = last_look_up(session, person.id)
        if person.email and (last is None or post.now - last.queued_at >= _AGAIN_AFTER):
            post.to_look_up(person, challenge)
            waiting.add(person.id)
        elif last and last.owed:
            waiting.add(person.id)
    return waiting
