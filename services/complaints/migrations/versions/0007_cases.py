"""Distress, death abroad, missing persons and families left behind."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    pass
