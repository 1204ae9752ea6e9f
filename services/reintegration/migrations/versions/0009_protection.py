"""Protected cases that are opened for an emergency, and what else a desk needs."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
