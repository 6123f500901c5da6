"""Messages: every version of each, and the thread it stands in."""

from dataclasses import dataclass, field

from tests.fakes.teams.conversations import Conversation
from tests.fakes.teams.tenancy import Json, Tenancy


@dataclass(frozen=True, kw_only=True)
class Version:
    """What a message said from a moment on. `only_for`: a card that took its place for one person alone."""

    sequence: int
    activity: Json
    only_for: str | None = None


@dataclass(kw_only=True)
class Post:
    """One message. `author` is None for the bot; `thread` is the first message of its thread."""

    id: str
    conversation: str
    author: str | None
    thread: str | None
    versions: list[Version] = field(default_factory=list)
    deleted: int | None = None

    def seen_by(self, person: str) -> list[Version]:
        """The versions that are for everybody or for this person."""
        return [one for one in self.versions if one.only_for in {None, person}]


def put(
    tenancy: Tenancy,
    conversation: Conversation,
    author: str | None,
    activity: Json,
    *,
    thread: str | None = None,
) -> Post:
    """Post an activity. In a channel without a thread it begins one."""
    made = tenancy.stamp()
    begins = made if conversation.kind == "channel" else None
    post = Post(id=made, conversation=conversation.id, author=author, thread=thread or begins)
    post.versions.append(Version(sequence=tenancy.changed(), activity=activity))
    tenancy.posts.append(post)
    return post


def change(tenancy: Tenancy, post: Post, activity: Json, *, only_for: str | None = None) -> None:
    """Put something else in a message's place."""
    post.versions.append(Version(sequence=tenancy.changed(), activity=activity, only_for=only_for))


def remove(tenancy: Tenancy, post: Post) -> None:
    """Delete a message."""
    post.deleted = tenancy.changed()


def at(tenancy: Tenancy, conversation: str, activity_id: str) -> Post | None:
    """The message with this id, if it stands."""
    for post in reversed(tenancy.posts):
        if (post.conversation, post.id) == (conversation, activity_id) and post.deleted is None:
            return post
    return None
