"""Bringing people home: windows, legs, seats, manifest, arrival."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
