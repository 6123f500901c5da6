"""What was pressed lately, and how a chat names people: for whichever process hears of them next."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("conversation_reference") as reference:
        reference.add_column(sa.Column("user", sa.String(), nullable=True))
    op.create_table(
        "press",
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("button", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("at", store.base.Moment(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("who", "button", name=op.f("pk_press")),
    )
