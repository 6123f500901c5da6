"""What was filled in on the earlier pages of a form, wherever the next one arrives."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "form_in_hand",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("touched_at", store.base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_form_in_hand")),
    )
    for column in ("account", "touched_at"):
        op.create_index(op.f(f"ix_form_in_hand_{column}"), "form_in_hand", [column])
