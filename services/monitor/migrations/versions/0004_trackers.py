"""Steps of conventions, agreements and strategies; committees and their actions."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
