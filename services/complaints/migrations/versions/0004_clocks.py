"""Stored deadlines, seats of offices and who holds them."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    pass
