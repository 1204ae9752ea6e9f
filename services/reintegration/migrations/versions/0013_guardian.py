"""Who spoke for a child when the case was opened, and before whom."""

from alembic import op

revision = "0013"
down_revision = "0012"

STATEMENTS = """
alter table case_consent
    add column by_guardian boolean not null default false,
    add column witness bytea
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
