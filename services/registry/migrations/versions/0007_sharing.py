"""What was decided about sharing."""

from kit.migrations import create_sharing_log

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    create_sharing_log("registry")
