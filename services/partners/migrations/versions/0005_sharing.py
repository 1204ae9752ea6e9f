"""What was decided about sharing. Written beside 0006, which came in first: it follows it."""

from kit.migrations import create_sharing_log

revision = "0005"
down_revision = "0006"


def upgrade() -> None:
    create_sharing_log("partners")
