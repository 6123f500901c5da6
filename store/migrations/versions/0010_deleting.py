"""Messages whose words were forgotten; challenges whose records are held, or were deleted."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("outgoing") as outgoing:
        outgoing.add_column(sa.Column("emptied", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_audit_line_person_id"), "audit_line", ["person_id"])
    op.create_table(
        "legal_hold",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("since", store.base.Moment(timezone=True), nullable=False),
        sa.Column("placed_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_legal_hold_challenge_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["placed_by"], ["person.id"], name=op.f("fk_legal_hold_placed_by")),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_legal_hold")),
    )
    op.create_table(
        "deleted",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", store.base.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_deleted_challenge_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("challenge_id", "what", name=op.f("pk_deleted")),
    )
