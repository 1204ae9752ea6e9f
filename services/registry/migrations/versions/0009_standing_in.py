"""Wings that have the duty of an opening's countries for the missions that answer there otherwise."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("alter table emergency_opening add column standing_in char(2)[] not null default '{}'")
