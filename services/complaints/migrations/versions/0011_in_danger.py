"""Who wrote that they are not safe stands on the supervisor's board until an officer has it."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute(
        "create index complaint_in_danger on complaint (lodged_at, id) "
        "where caller_safe is false and assignee is null and status = 'lodged'"
    )
