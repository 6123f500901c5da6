"""An account has an address and may be over; who came or went by themselves is known with the moment."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
        account.add_column(sa.Column("email", sa.String(), nullable=True))
    with op.batch_alter_table("room_member") as member:
        member.add_column(sa.Column("since", store.base.Moment(timezone=True), nullable=True))
