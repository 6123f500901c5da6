"""The days on which a council is closed, as whoever runs its challenge noted them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("challenge", sa.Column("closed_days", sa.JSON(), server_default="[]", nullable=False))
