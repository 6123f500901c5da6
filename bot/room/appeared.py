"""What became visible to one person, and when: the room's answer to "Helen sees" and "never sees"."""

from dataclasses import dataclass

from bot.room.chat import Chat


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something that became visible: a message, a form, or a room's own name and topic.

    `kind` is "message", "form" or "room"; `key` is the key of the room it stands in; `author` is an
    account, or None for the bot.
    """

    sequence: int
    kind: str
    place: str
    key: str | None
    author: str | None
    plain: str
    message: int | None = None


# A person sees each version posted while they are a member and, on joining, the newest version of
# all that was there before. What they see again after coming back is not new.
_MESSAGES = """
SELECT min(max(versions.sequence, joined)) AS sequence, 'message' AS kind,
       messages.place, places.key, author, plain, messages.id AS message,
       versions.sequence AS nth
FROM members
JOIN messages ON messages.place = members.place
JOIN versions ON versions.message = messages.id
JOIN places ON address = messages.place
WHERE members.account = ?1 AND (left IS NULL OR versions.sequence < left)
  AND (only_for IS NULL OR only_for = ?1)
  AND (versions.sequence > joined OR versions.sequence =
       (SELECT max(older.sequence) FROM versions AS older
        WHERE older.message = messages.id AND older.sequence < joined))
GROUP BY versions.sequence HAVING min(max(versions.sequence, joined)) > ?2"""

_FORMS = """
SELECT id AS sequence, 'form' AS kind, place, key, NULL AS author, plain, NULL AS message, id AS nth
FROM forms JOIN places ON address = place WHERE account = ?1 AND id > ?2"""

_ROOMS = """
SELECT min(joined) AS sequence, 'room' AS kind, address AS place, key, NULL AS author,
       title || char(10) || topic AS plain, NULL AS message, 0 AS nth
FROM members JOIN places ON address = place
WHERE account = ?1 AND NOT direct GROUP BY address HAVING min(joined) > ?2"""


def to(chat: Chat, account: str, since: int) -> list[Item]:
    """Everything that became visible to an account after `since`, in order."""
    query = f"""SELECT sequence, kind, place, key, author, plain, message
                FROM ({_ROOMS} UNION ALL {_MESSAGES} UNION ALL {_FORMS})
                ORDER BY sequence, nth"""  # noqa: S608 - all three stand above
    return [Item(**dict(row)) for row in chat.rows(query, account, since)]
