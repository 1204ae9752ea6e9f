"""Quotas of programs, the web pages that may use them, and what they asked."""

from alembic import op

revision = "0009"
down_revision = "0005"

STATEMENTS = """
alter table partner_client add column per_minute integer check (per_minute > 0);;
alter table partner_client add column per_day integer check (per_day > 0);;
alter table partner_client add column origins text[] not null default '{}';;
create table partner_quota (
    client_id text primary key references partner_client (client_id),
    minute timestamptz not null,
    in_minute integer not null check (in_minute >= 0),
    day timestamptz not null,
    in_day integer not null check (in_day >= 0)
);;
create table partner_use (
    client_id text not null references partner_client (client_id),
    hour timestamptz not null,
    requests integer not null,
    refused integer not null,
    client_errors integer not null,
    server_errors integer not null,
    primary key (client_id, hour)
);;
revoke delete, truncate on partner_quota, partner_use from partners
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
