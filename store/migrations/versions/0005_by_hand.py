"""What a person does where a chat cannot: who bound a room, who cannot be written to, what is said twice."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("reachable", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("outgoing") as outgoing:
        outgoing.add_column(sa.Column("repeated", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("room") as room:
        room.add_column(sa.Column("bound_by", sa.Integer(), nullable=True))
        room.create_foreign_key(op.f("fk_room_bound_by"), "person", ["bound_by"], ["id"])
