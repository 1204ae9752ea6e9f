"""Whom a warning concerns, as it was found out for each of its versions."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
