"""Conversations in which the bot may speak first."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "conversation_reference",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("service_url", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("gone_at", store.base.Moment(timezone=True), nullable=True),
        sa.Column("since", store.base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("platform", "address", name=op.f("pk_conversation_reference")),
    )


def downgrade():
    op.drop_table("conversation_reference")
