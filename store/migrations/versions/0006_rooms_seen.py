"""Since when somebody may be in a room whom the bot did not see."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("room") as room:
        room.add_column(sa.Column("unseen_since", store.base.Moment(timezone=True), nullable=True))
