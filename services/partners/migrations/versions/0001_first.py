"""The plumbing, as every service has it."""

from kit.migrations import create_plumbing

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_plumbing("partners")
