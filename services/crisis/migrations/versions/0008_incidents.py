"""Incidents: phases, tasks, situation reports, posture of countries."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
