"""Who has to confirm that a consent is withdrawn. What was told before is asked for too, from today on."""

from alembic import op

revision = "0006"
down_revision = "0004"

STATEMENTS = """
create table partner_withdrawal (
    event_id uuid primary key,
    recipient text not null,
    purpose text not null,
    records uuid[] not null,
    restricted boolean not null,
    withdrawn_at timestamptz not null,
    asked_at timestamptz not null,
    due timestamptz not null,
    confirmed_at timestamptz,
    outcome text,
    way text,
    check ((confirmed_at is null) = (outcome is null) and (outcome is null) = (way is null))
);;
create index partner_withdrawal_oldest on partner_withdrawal (asked_at, event_id);;
create index partner_withdrawal_of on partner_withdrawal (recipient, asked_at, event_id);;
create table partner_withdrawal_step (
    id uuid primary key,
    event_id uuid not null references partner_withdrawal,
    kind text not null check (kind in ('reminded', 'overdue', 'confirmed')),
    at timestamptz not null,
    by text,
    words bytea,
    check ((kind = 'confirmed') = (by is not null))
);;
create index partner_withdrawal_step_of on partner_withdrawal_step (event_id, at);;
revoke delete, truncate on partner_withdrawal from partners;;
revoke update, delete, truncate on partner_withdrawal_step from partners;;
insert into partner_withdrawal (event_id, recipient, purpose, records, restricted, withdrawn_at, asked_at, due)
select e.id, o.code, told -> 'data' ->> 'purpose',
    array(select jsonb_array_elements_text(coalesce(told -> 'data' -> 'records', '[]'))::uuid),
    -- What left does not say whether the record is restricted: it is taken for one.
    true, (told -> 'data' ->> 'withdrawn_at')::timestamptz, now(), now() + interval '14 days'
from partner_feed_event e
join partner_organisation o on o.id = e.organisation_id
cross join lateral (select convert_from(e.body, 'UTF8')::jsonb told) read
where e.purpose is null
on conflict do nothing;;
insert into timer (id, due, kind, record, payload, next_try)
select gen_random_uuid(), asked_at + interval '7 days', 'withdrawal-unconfirmed', event_id, '{}', asked_at + interval '7 days'
from partner_withdrawal
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
