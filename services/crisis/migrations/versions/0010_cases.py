"""The cases of a wing's ordinary day."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
