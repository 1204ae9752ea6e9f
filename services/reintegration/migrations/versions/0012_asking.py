"""Returnees from before the register of nationals abroad was asked beside the registration: a timer asks about them, page by page."""

from alembic import op

revision = "0012"
down_revision = "0011"

# The kind and the record are `abroad.rules.BACKFILL` and `BACKFILL_RECORD`; with nobody registered yet it ends at once.
STATEMENTS = """
insert into timer (id, due, kind, record, payload, next_try)
values (uuidv7(), now(), 'abroad-backfill', '00000000-0000-7000-8000-000000000012', '{}', now())
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
