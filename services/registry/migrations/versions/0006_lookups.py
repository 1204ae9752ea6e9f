"""Who was registered abroad and is said to have come home: told by the desk that received them, beside the record and never over it."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = """
create table national_return (
    link uuid primary key,
    person_id uuid not null references national on delete cascade,
    returned_on date not null,
    told_at timestamptz not null,
    taken_back_at timestamptz
);;
create index national_return_of on national_return (person_id);;
revoke truncate on national_return from registry
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
