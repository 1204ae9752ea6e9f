"""The register's history, what is known against and for an agency, and those who recruit without registration."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    pass
