"""Files of many persons, read row by row; likely doubles."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
