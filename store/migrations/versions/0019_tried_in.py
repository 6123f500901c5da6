"""In which chat a message to somebody was tried last: that chat is asked whether it arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("outgoing", sa.Column("tried_in", sa.String(), nullable=True))
