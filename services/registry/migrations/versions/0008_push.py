"""Phones that a person let show notifications."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = """
create table national_push (
    id uuid primary key,
    person_id uuid not null references national on delete cascade,
    endpoint_index bytea not null constraint national_push_once unique,
    subscription bytea not null,
    added_at timestamptz not null
);;
create index national_push_of on national_push (person_id, added_at);;
revoke truncate on national_push from registry
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
