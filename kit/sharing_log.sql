-- The table of kit.sharing_log, made by a migration of a service that shares. Two semicolons end a statement; str.format fills in the role.
create table sharing_decision (
    id uuid primary key,
    at timestamptz not null default now(),
    caller text not null,
    client text not null,
    organisation text,
    agreements text[] not null,
    purpose text not null,
    record_type text not null,
    records integer not null,
    allowed text[] not null,
    denied text[] not null,
    policy text not null,
    policy_version text not null,
    trace text
);;
create index sharing_decision_newest on sharing_decision (at, id);;
create index sharing_decision_of on sharing_decision (organisation, at);;
revoke update, delete, truncate on sharing_decision from "{role}"
