"""Activities alive: reports of their leads, reminders, comments."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
