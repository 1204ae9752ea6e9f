"""Who may look into the register for what, and the emergency that opens it."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
