"""Protected cases that are opened for an emergency, and what else a desk needs."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = """
create table expected_return (
    returnee_id uuid primary key references returnee,
    version integer not null check (version > 0),
    country text not null check (country ~ '^[A-Z]{2}$'),
    expected_on date not null,
    state text not null check (state in ('expected', 'arrived', 'not_come')),
    noted_at timestamptz not null,
    answered_by text,
    answered_at timestamptz,
    check ((state = 'expected') = (answered_by is null) and (answered_by is null) = (answered_at is null))
);;
create index expected_return_open on expected_return (expected_on, returnee_id) where state = 'expected';;
revoke delete, truncate on expected_return from reintegration
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
