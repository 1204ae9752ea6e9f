"""The first schema: sessions and parked forms. The portal publishes nothing and consumes nothing: no plumbing."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(
        """
        create table web_session (
            id_hash bytea primary key check (octet_length(id_hash) = 32),
            csrf text not null,
            tokens bytea not null,
            started_at timestamptz not null,
            seen_at timestamptz not null
        )
        """
    )
    op.execute("create index web_session_oldest on web_session (started_at)")
    op.execute(
        """
        create table parked_form (
            owner_hash bytea primary key check (octet_length(owner_hash) = 32),
            path text not null,
            fields bytea not null,
            parked_at timestamptz not null
        )
        """
    )
