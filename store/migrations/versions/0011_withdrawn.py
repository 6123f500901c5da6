"""Who withdrew a message."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("outgoing") as outgoing:
        outgoing.add_column(sa.Column("withdrawn_by", sa.Integer(), nullable=True))
        outgoing.create_foreign_key("fk_outgoing_withdrawn_by", "person", ["withdrawn_by"], ["id"])
