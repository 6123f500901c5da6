"""Why a row is dead, as a word; and the chats in which its reader was looked up in vain, as a list."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_WORDS = {
    "it could not be put into words": "not_put_into_words",
    "may no longer be read there": "not_for_its_reader",
    "nobody can know whether it was made": "not_known_whether_made",
    "the bot made a mistake": "mistake",
}
_NO_ACCOUNT = "no account: "


def upgrade():
    op.add_column("outgoing", sa.Column("looked_up_in", sa.JSON(none_as_null=True), nullable=True))
    rows = sa.table(
        "outgoing",
        sa.column("id", sa.Integer),
        sa.column("state", sa.String),
        sa.column("failure", sa.String),
        sa.column("looked_up_in", sa.JSON(none_as_null=True)),
    )
    connection = op.get_bind()
    for sentence, word in _WORDS.items():
        connection.execute(sa.update(rows).where(rows.c.failure == sentence).values(failure=word))
    in_vain = sa.select(rows.c.id, rows.c.state, rows.c.failure).where(rows.c.failure.startswith(_NO_ACCOUNT))
    for row in connection.execute(in_vain).all():
        chats = row.failure.removeprefix(_NO_ACCOUNT).split(",")
        why = "no_account" if row.state == "dead" else None
        changed = sa.update(rows).where(rows.c.id == row.id)
        connection.execute(changed.values(failure=why, looked_up_in=chats))
