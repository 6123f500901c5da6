"""How often a row of the outbox was taken in hand, and how often by a mistake of ours in vain."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("outgoing") as outgoing:
        for name in ("claims", "mistakes"):
            outgoing.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE outgoing SET claims = attempts")
