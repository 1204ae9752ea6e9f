"""Whom a warning concerns: figures for each of its versions."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = """
alter table alert_change drop constraint alert_change_kind_known;;
alter table alert_change add constraint alert_change_kind_known
    check (kind in ('raised', 'acknowledged', 'superseded', 'cancelled', 'ended', 'standing', 'counted'));;
create table alert_exposure (
    id uuid primary key,
    alert_id uuid not null,
    is_drill boolean not null,
    version smallint not null constraint alert_exposure_version_known check (version in (1, 2)),
    computed_at timestamptz not null,
    countries text[] not null,
    whole_countries boolean not null,
    near_km double precision not null,
    counts jsonb not null,
    vulnerable jsonb not null,
    data_version text not null,
    unique (alert_id, version),
    foreign key (alert_id, is_drill) references alert (id, is_drill)
);;
create table alert_raise (
    alert_id uuid primary key references alert,
    exposure_id uuid not null references alert_exposure,
    from_level smallint not null,
    to_level smallint not null,
    reasons text[] not null check (cardinality(reasons) > 0),
    rule_version text not null,
    made_at timestamptz not null,
    constraint alert_raise_by_one check (to_level = from_level + 1 and from_level between 1 and 3)
);;
revoke update, delete, truncate on alert_exposure, alert_raise from crisis;;
create or replace function alert_decision_basis() returns trigger language plpgsql as $$
begin
    if (old.moment, old.rule_version, old.inputs) is not distinct from (new.moment, new.rule_version, new.inputs)
        and old.outcome in ('waits', 'window')
        and exists (select from alert_raise r where r.alert_id = new.alert_id and r.from_level = old.level and r.to_level = new.level)
    then
        return new;
    end if;
    if old.outcome not in ('waits', 'logged', 'lapsed') or old.decided_by is not null
        or (new.inputs ->> 'trust_tier')::int <= (old.inputs ->> 'trust_tier')::int
    then
        raise insufficient_privilege using message = 'what a decision rests on changes only while it waits, by more trust or a raise';
    end if;
    return new;
end $$
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
