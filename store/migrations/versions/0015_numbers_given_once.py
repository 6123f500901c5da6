"""The number of a message is never given again: it stands on buttons, and in what was said about it."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    if op.get_bind().dialect.name != "sqlite":  # elsewhere a sequence gives each number once
        return
    of = {"sqlite_autoincrement": True}
    with op.batch_alter_table("outgoing", recreate="always", table_kwargs=of):
        pass
