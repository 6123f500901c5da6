"""An account may be over: whoever was deactivated in a chat is not reached there any more."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()))
