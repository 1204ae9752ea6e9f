"""What became of each message by the rules of lineage, so that any instant can be played again."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = """
alter table alert drop constraint alert_state_check;;
alter table alert add constraint alert_state_known check (state in ('standing', 'superseded', 'cancelled', 'ended', 'notice'));;
alter table alert_change drop constraint alert_change_kind_check;;
alter table alert_change add constraint alert_change_kind_known
    check (kind in ('raised', 'acknowledged', 'superseded', 'cancelled', 'ended', 'standing'));;
alter table alert add column issuer text, add column by_person boolean, add column vouched boolean, add column ends boolean;;
update alert set issuer = sender, by_person = true, vouched = true, ends = false;;
alter table alert alter column issuer set not null, alter column by_person set not null,
    alter column vouched set not null, alter column ends set not null;;
grant update (vouched) on alert to crisis;;
alter table message_receipt add column named text[] not null default '{}', add column by_person boolean not null default true,
    add column tier smallint not null default 0, add column source text, add column jurisdiction text[] not null default '{}';;
create index message_receipt_order on message_receipt (received_at, id);;
alter table raw_message add column conflicts_with uuid references alert;;
grant update (conflicts_with) on raw_message to crisis;;
create index raw_message_conflict on raw_message (conflicts_with) where conflicts_with is not null;;
create or replace function alert_decision_basis() returns trigger language plpgsql as $$
begin
    if old.outcome not in ('waits', 'logged', 'lapsed') or old.decided_by is not null
        or (new.inputs ->> 'trust_tier')::int <= (old.inputs ->> 'trust_tier')::int
    then
        raise insufficient_privilege using message = 'what a decision rests on changes only while it waits, and only towards more trust';
    end if;
    return new;
end $$;;
create table alert_step (
    position bigint generated always as identity primary key,
    alert_id uuid not null references alert,
    at timestamptz not null,
    state text not null check (state in ('standing', 'superseded', 'cancelled', 'ended', 'notice')),
    by_alert uuid references alert,
    rule text not null
);;
create index alert_step_alert on alert_step (alert_id, position);;
insert into alert_step (alert_id, at, state, rule) select id, now(), state, 'as it was' from alert;;
create table alert_trait (
    alert_id uuid primary key references alert,
    hazard text not null,
    hazards_version text not null,
    starts timestamptz not null,
    ends timestamptz,
    languages text[] not null,
    incidents text[] not null,
    shape bytea,
    box double precision[] check (box is null or array_length(box, 1) = 4),
    defects text[] not null,
    check ((shape is null) = (box is null))
);;
create index alert_trait_starts on alert_trait (starts);;
create table alert_link (
    alert_id uuid not null references alert,
    other_id uuid not null references alert,
    score double precision not null check (score between 0 and 1),
    twin boolean not null,
    reasons text[] not null,
    rule_version text not null,
    made_at timestamptz not null,
    primary key (alert_id, other_id),
    check (alert_id <> other_id)
);;
create index alert_link_other on alert_link (other_id);;
revoke update, delete, truncate on alert_step, alert_trait, alert_link from crisis
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
