"""Who was warned, by which message, and what became of it."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
