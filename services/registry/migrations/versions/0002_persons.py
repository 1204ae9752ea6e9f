"""Nationals abroad: persons, documents, where they were said to be, household and next of kin."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
