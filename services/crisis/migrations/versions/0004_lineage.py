"""What became of each message by the rules of lineage, so that any instant can be played again."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
