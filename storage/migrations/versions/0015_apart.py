"""PostgreSQL keeps workspaces apart by itself: whoever is bound to some sees no rows of others."""

from alembic import op

revision = "0015"
down_revision = "0014"

TABLES = "reader workspace act team_list alias source note installation lane".split()
APART = """(
  coalesce(current_setting('digestbot.platform', true), '') = ''
  OR (platform IN ('', 'email', current_setting('digestbot.platform', true))
      AND workspace = ANY (string_to_array(current_setting('digestbot.workspaces', true), chr(31))))
)"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY apart ON {table} USING {APART} WITH CHECK {APART}")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"DROP POLICY apart ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
