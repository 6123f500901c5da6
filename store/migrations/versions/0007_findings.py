"""What the bot found undone when it looked at itself."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "finding",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=True),
        sa.Column("due_at", store.base.Moment(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("since", store.base.Moment(timezone=True), nullable=False),
        sa.Column("seen_at", store.base.Moment(timezone=True), nullable=False),
        sa.Column("told_at", store.base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_finding_challenge_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_finding")),
    )
