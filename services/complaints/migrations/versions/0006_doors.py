"""What comes in by message, attachments, safe contact and the complainant's own key."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    pass
