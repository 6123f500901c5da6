"""Places and chats that are left in peace for a while."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "pause",
        sa.Column("of", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("until", store.base.Moment(timezone=True), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("of", name=op.f("pk_pause")),
    )
