"""What spikes of lifecycles asked of the tables."""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = ""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
