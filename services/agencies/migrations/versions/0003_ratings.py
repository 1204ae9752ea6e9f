"""Runs, notices, replies, published classes and their reviews."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    pass
