"""Somebody who writes down, inside the database, what becomes of each row of the outbox, and by whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

_SQLITE = (
    """
    create table witness (
        id integer primary key, at double precision, name text, line bigint, op text, key text,
        was text, now text, before integer, after integer
    )
    """,
    "create table life (name text)",
    "insert into life values ('')",
    """
    create trigger witnessed after update on outgoing
    when old.state <> new.state or old.attempts <> new.attempts
    begin
        insert into witness (at, name, line, op, key, was, now, before, after)
        select (julianday('now') - 2440587.5) * 86400, name, new.id, new.op, new.key,
            old.state, new.state, old.attempts, new.attempts
        from life;
    end
    """,
)
_POSTGRESQL = (
    """
    create table witness (
        id bigserial primary key, at double precision, name text, line bigint, op text, key text,
        was text, now text, before integer, after integer
    )
    """,
    """
    create function testify() returns trigger language plpgsql as $$
    begin
        insert into witness (at, name, line, op, key, was, now, before, after)
        values (
            extract(epoch from clock_timestamp()), current_setting('application_name'), new.id, new.op,
            new.key, old.state, new.state, old.attempts, new.attempts
        );
        return null;
    end
    $$
    """,
    """
    create trigger witnessed after update on outgoing for each row
    when (old.state <> new.state or old.attempts <> new.attempts)
    execute function testify()
    """,
)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A change of one row: when, by which life of which process, from which state to which, at which try."""

    at: float
    name: str
    line: int
    op: str
    key: str
    was: str
    now: str
    before: int
    after: int

    @property
    def is_claim(self) -> bool:
        """Whether somebody took it in hand."""
        return self.now == "sending" and self.after > self.before

    @property
    def is_doubt(self) -> bool:
        """Whether somebody found it in hand, with nobody who could say what became of it."""
        return self.was == "sending" and (self.is_claim or self.now == "uncertain")


def call_in(engine: Engine) -> None:
    """Have a database watched from now on."""
    with engine.begin() as connection:
        for statement in _SQLITE if engine.dialect.name == "sqlite" else _POSTGRESQL:
            connection.execute(text(statement))


def introduce(connection: Connection, name: str) -> None:
    """Say who works on it from now on, where the database itself does not know."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("update life set name = :name"), {"name": name})


def testimony(connection: Connection) -> list[Seen]:
    """All that was seen, in order."""
    rows = connection.execute(text("select * from witness order by id")).mappings()
    return [Seen(**{name: value for name, value in row.items() if name != "id"}) for row in rows]


def cuts(seen: Sequence[Seen]) -> Iterator[tuple[Seen, Seen | None]]:
    """Every call that somebody took in hand and did not settle; and who took it up after them."""
    in_hand: dict[int, Seen] = {}
    for one in seen:
        held = in_hand.pop(one.line, None)
        if held and one.name != held.name:
            yield held, one
        if one.is_claim:
            in_hand[one.line] = one
    for held in in_hand.values():
        yield held, None
