"""Bursts in the stream of complaints, as drafts."""

from alembic import op

revision = "0012"
down_revision = "0011"

STATEMENTS = """
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
