"""The contingency plan of a country, which is there before the crisis is; whose names stand under a posture."""

from alembic import op

revision = "0017"
down_revision = "0015"

STATEMENTS = """
create table contingency_plan (
    id uuid primary key,
    country text not null constraint contingency_plan_country_code check (country ~ '^[A-Z]{2}$'),
    number integer not null constraint contingency_plan_number_positive check (number > 0),
    title text not null,
    dated date not null,
    file_id uuid not null,
    size bigint not null,
    sha256 bytea not null constraint contingency_plan_hash_length check (length(sha256) = 32),
    media_type text not null,
    attached_by text not null,
    attached_by_name text not null,
    attached_at timestamptz not null,
    constraint contingency_plan_number unique (country, number)
);;
create index contingency_plan_newest on contingency_plan (attached_at desc, id desc);;
revoke update, delete, truncate on contingency_plan from crisis;;
alter table country_posture add column set_by_name text;;
alter table country_posture add column approved_by_name text;;
grant update (approved_by_name) on country_posture to crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
