"""What the figures of outcomes are counted from."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = """
alter table returnee add column disability text not null default 'unknown' check (disability in ('yes', 'no', 'unknown'));;
create index case_assessment_first on case_assessment (made_at) where number = 0;;
create index case_assessment_later on case_assessment (made_at) where number > 0;;
create table outcome_public (
    quarter text primary key,
    made_at timestamptz not null,
    content jsonb not null
);;
revoke update, delete, truncate on outcome_public from reintegration
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
