"""Nationals abroad: persons, documents, where they were said to be, household and next of kin."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = """
create table national (
    id uuid primary key,
    reference text not null unique,
    version integer not null constraint national_version_positive check (version > 0),
    state text not null check (state in ('abroad', 'home', 'dead', 'withdrawn')),
    kind text not null check (kind in ('worker', 'student', 'diaspora', 'family', 'seafarer', 'other')),
    country char(2) not null check (country ~ '^[A-Z]{2}$' and country <> 'BD'),
    name bytea not null,
    name_bn bytea,
    name_key bytea,
    birth_year smallint constraint national_birth_year check (birth_year between 1900 and 2100),
    sex text not null check (sex in ('female', 'male', 'other', 'unknown')),
    age_band text not null,
    language text not null check (language in ('bn', 'en')),
    flags smallint not null constraint national_flags check (flags between 0 and 127),
    district text,
    agency text,
    employer bytea,
    household bytea,
    kin bytea,
    may_call boolean,
    may_text boolean,
    contact_rule jsonb not null default '{}',
    contact_note bytea,
    nid_mark text not null default 'not_asked' check (nid_mark in ('verified', 'not_verified', 'not_asked')),
    drill_member boolean not null default false,
    source text not null check (source in ('self', 'wing', 'ngo', 'udc', 'agent', 'outreach', 'import')),
    secret_key bytea,
    doubts text[] not null default '{}',
    same_as uuid references national check (same_as <> id),
    registered_by text not null,
    registered_by_org text,
    registered_at timestamptz not null
);;
create index national_newest on national (registered_at desc, id desc);;
create index national_country on national (country, registered_at desc, id desc) where state = 'abroad';;
create index national_name on national (name_key) where name_key is not null;;
create table national_document (
    person_id uuid not null references national on delete cascade,
    place_in_list smallint not null,
    kind text not null check (kind in ('passport', 'nid', 'travel_permit', 'bmet', 'birth', 'other')),
    number bytea,
    number_index bytea,
    incident uuid,
    primary key (person_id, place_in_list),
    check ((number is null) = (number_index is null))
);;
create index national_document_number on national_document (number_index) where number_index is not null;;
create index national_document_incident on national_document (incident) where incident is not null;;
create table national_contact (
    person_id uuid not null references national on delete cascade,
    place_in_list smallint not null,
    kind text not null check (kind in ('phone', 'whatsapp', 'email')),
    whose text not null check (whose in ('own', 'family', 'employer')),
    at_home boolean not null,
    address bytea not null,
    address_index bytea not null,
    primary key (person_id, place_in_list)
);;
create index national_contact_address on national_contact (address_index);;
create table national_place (
    person_id uuid not null references national on delete cascade,
    place_in_list smallint not null,
    kind smallint not null check (kind between 1 and 9),
    flags smallint not null,
    is_current boolean not null,
    is_abroad boolean not null,
    drill_member boolean not null,
    lon double precision,
    lat double precision,
    accuracy_m integer constraint national_place_accuracy check (accuracy_m >= 0),
    observed_at timestamptz not null,
    country char(2) not null check (country ~ '^[A-Z]{2}$'),
    packed bytea generated always as (
        uuid_send(person_id) || int2send(kind) || int2send(flags) || float8send(coalesce(lon, 'NaN')) || float8send(coalesce(lat, 'NaN'))
        || int4send(coalesce(accuracy_m, 0)) || timestamptz_send(observed_at)
    ) stored,
    source text not null,
    incident uuid,
    words bytea,
    primary key (person_id, place_in_list),
    constraint national_place_point check ((lon is null) = (lat is null)),
    constraint national_place_on_earth check (lon between -180 and 180 and lat between -90 and 90)
);;
create index national_place_country on national_place (country) where is_current and is_abroad;;
create index national_place_box on national_place (lat, lon) where is_current and is_abroad and lat is not null;;
create index national_place_incident on national_place (incident) where incident is not null;;
create function national_place_follows() returns trigger language plpgsql as $$
begin
    update national_place set flags = new.flags, drill_member = new.drill_member,
           is_abroad = (new.state = 'abroad' and new.same_as is null)
     where person_id = new.id;
    return null;
end $$;;
create trigger national_place_follows after update on national for each row
    when (old.flags <> new.flags or old.drill_member <> new.drill_member or old.state <> new.state
          or old.same_as is distinct from new.same_as)
    execute function national_place_follows();;
create table national_match (
    id uuid primary key,
    person_id uuid not null references national on delete cascade,
    other_id uuid not null references national on delete cascade,
    grade text not null check (grade in ('exact', 'likely', 'possible')),
    reasons text[] not null,
    proposed_at timestamptz not null,
    decision text check (decision in ('same', 'different', 'not_sure')),
    decided_by text,
    decided_at timestamptz,
    because bytea,
    unique (person_id, other_id),
    check (person_id <> other_id),
    check ((decision is null) = (decided_at is null))
);;
create index national_match_of_other on national_match (other_id);;
create index national_match_open on national_match (proposed_at) where decision is null;;
create table own_failure (
    id uuid primary key,
    person_id uuid references national on delete cascade,
    address_index bytea not null,
    at timestamptz not null
);;
create index own_failure_from on own_failure (address_index, at);;
create index own_failure_of on own_failure (person_id, at) where person_id is not null
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
