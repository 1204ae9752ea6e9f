"""Who an account is: name and office, for pages that show what somebody did."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        """
        create table known_person (
            account text primary key,
            names bytea not null,
            roles text[] not null,
            districts text[] not null,
            countries text[] not null,
            seen_at timestamptz not null
        )
        """
    )
