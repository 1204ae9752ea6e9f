"""Who is woken by a warning, until somebody answers."""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
