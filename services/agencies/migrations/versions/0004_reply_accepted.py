"""A result is held back, too, where the agency's reply was accepted: it was published as it stood."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.drop_constraint("rating_held_because_check", "rating")
    op.create_check_constraint(
        "rating_held_because_check", "rating", "held_because in ('evidence_changed', 'reply_accepted', 'reply_open')"
    )
