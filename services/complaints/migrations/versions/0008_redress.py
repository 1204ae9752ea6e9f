"""What is owed and paid, referrals, answers of respondents, duplicates."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    pass
