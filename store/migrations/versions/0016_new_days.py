"""What somebody with a part in the team said when they were asked whether new days of the visit suit."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("role", sa.Column("answer", sa.String(), nullable=True))
    op.add_column("role", sa.Column("answer_to", sa.Integer(), nullable=True))
