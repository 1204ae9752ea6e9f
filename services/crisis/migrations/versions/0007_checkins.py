"""What people answered, and who asks for whom."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
