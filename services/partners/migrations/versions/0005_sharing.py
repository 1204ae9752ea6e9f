"""What was decided about sharing."""

from kit.migrations import create_sharing_log

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    create_sharing_log("partners")
