"""Homes that were opened in a chat."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "open_home",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("drawn", sa.String(), nullable=True),
        sa.Column("rests_until", store.base.Moment(timezone=True), nullable=True),
        sa.Column("next_at", store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_open_home_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_open_home")),
    )
    with op.batch_alter_table("open_home", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_open_home_next_at"), ["next_at"], unique=False)


def downgrade():
    with op.batch_alter_table("open_home", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_open_home_next_at"))

    op.drop_table("open_home")
