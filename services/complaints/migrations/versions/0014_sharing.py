"""What was decided about sharing."""

from kit.migrations import create_sharing_log

revision = "0014"
down_revision = "0011"


def upgrade() -> None:
    create_sharing_log("complaints")
