"""Whom a warning concerns, as it was found out for each of its versions."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = """
create table exposure (
    id uuid primary key,
    alert uuid not null,
    version integer not null check (version > 0),
    is_drill boolean not null,
    countries char(2)[] not null,
    near_km double precision not null check (near_km >= 0),
    request_key bytea not null,
    computed_at timestamptz not null,
    counts jsonb not null,
    vulnerable jsonb not null,
    took_ms integer not null,
    unique (alert, version, is_drill),
    unique (id, is_drill)
);;
create table exposure_page (
    exposure_id uuid not null,
    class smallint not null check (class between 1 and 4),
    number integer not null,
    is_drill boolean not null,
    people uuid[] not null,
    reasons smallint[] not null,
    distances integer[] not null,
    primary key (exposure_id, class, number),
    foreign key (exposure_id, is_drill) references exposure (id, is_drill),
    check (cardinality(people) > 0),
    check (cardinality(people) = cardinality(reasons) and cardinality(people) = cardinality(distances))
);;
alter table exposure_page alter column people set storage external, alter column reasons set storage external,
    alter column distances set storage external;;
create function exposure_page_of_drill() returns trigger language plpgsql as $$
begin
    if exists (select from unnest(new.people) as one(id) left join national on national.id = one.id
               where national.drill_member is not true) then
        raise exception 'a drill names somebody who did not agree to drills' using errcode = 'check_violation';
    end if;
    return new;
end $$;;
create trigger exposure_page_of_drill before insert or update on exposure_page for each row
    when (new.is_drill) execute function exposure_page_of_drill();;
revoke update, delete, truncate on exposure, exposure_page from registry
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
