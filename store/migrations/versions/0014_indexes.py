"""What each night's forgetting, and each home that is drawn, asks by is found by an index."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index(op.f("ix_posted_outgoing_id"), "posted", ["outgoing_id"])
    op.create_index(op.f("ix_heard_person_id"), "heard", ["person_id"])
    op.create_index(op.f("ix_heard_challenge_id"), "heard", ["challenge_id"])
