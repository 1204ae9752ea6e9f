"""Who may look into the register for what, and the emergency that opens it."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = """
create table emergency_opening (
    incident uuid not null,
    is_drill boolean not null,
    countries char(2)[] not null check (cardinality(countries) > 0),
    reason text not null,
    opened_at timestamptz not null,
    until timestamptz not null check (until > opened_at),
    closed_at timestamptz,
    primary key (incident)
);;
create index emergency_opening_open on emergency_opening (until) where closed_at is null
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
