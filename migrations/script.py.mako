"""${message}."""

from minipaas_sql.migrate import run_revision

revision = "${up_revision}"
down_revision = ${f'"{down_revision}"' if down_revision else None}
branch_labels = None
depends_on = None

floor = "${floor}"  # the oldest package that works on this schema, by the newest revision it knows
blocking = False  # whether it takes strong locks on tables that exist
keeps = ${repr(keeps)}  # public views that must be empty before it is undone


def upgrade() -> None:
    run_revision(revision, "up")


def downgrade() -> None:
    run_revision(revision, "down")
