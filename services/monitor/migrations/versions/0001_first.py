"""The first schema: facts, tallies and the plumbing."""

from alembic import op

from kit.migrations import create_plumbing

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_plumbing("monitor")
    op.execute(
        """
        create table fact (
            event_id uuid primary key,
            event_type text not null,
            record uuid not null,
            happened_at timestamptz not null
        )
        """
    )
    op.execute(
        """
        create table tally (
            event_type text not null,
            day date not null,
            facts bigint not null,
            last_at timestamptz not null,
            primary key (event_type, day)
        )
        """
    )
