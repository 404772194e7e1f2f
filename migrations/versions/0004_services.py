"""The services that use the schema."""

from minipaas_sql.migrate import run_revision

revision = "minipaas_0004"
down_revision = "minipaas_0003"
branch_labels = None
depends_on = None

floor = "0001"  # the oldest package that works on this schema, by the newest revision it knows
blocking = False  # whether it takes strong locks on tables that exist
keeps = ()  # public views that must be empty before it is undone


def upgrade() -> None:
    run_revision(revision, "up")


def downgrade() -> None:
    run_revision(revision, "down")
