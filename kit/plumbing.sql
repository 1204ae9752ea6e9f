-- The tables of kit.plumbing, made by a service's first migration. Two semicolons end a statement; str.format fills in the role that runs.
create table outbox (
    position bigint generated always as identity,
    day date not null,
    id uuid not null,
    nats_subject text not null,
    envelope bytea not null,
    restricted boolean not null,
    traceparent text,
    created_at timestamptz not null,
    sent_at timestamptz
) partition by range (day);;
create table outbox_other partition of outbox default;;
create index outbox_unsent on outbox (position) where sent_at is null;;
create index outbox_sent on outbox (day, position);;
create function outbox_rotate() returns void language plpgsql security definer
    set search_path = public, pg_temp set lock_timeout = '1s' as $$
declare one date; old record; unsent bigint;
begin
    perform pg_advisory_xact_lock(hashtext('outbox-rotate'));
    for ahead in 0..3 loop
        one := (now() at time zone 'utc')::date + ahead;
        begin
            execute format('create table if not exists %I partition of outbox for values from (%L) to (%L)',
                           'outbox_' || to_char(one, 'YYYYMMDD'), one, one + 1);
        exception when check_violation then
            null; -- rows of that day stand in the default partition already: they stay there
        end;
    end loop;
    for old in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
               where i.inhparent = 'outbox'::regclass and c.relname ~ '^outbox_[0-9]{{8}}$'
                 and to_date(right(c.relname, 8), 'YYYYMMDD') < (now() at time zone 'utc')::date - 7 loop
        execute format('select count(*) from (select 1 from %I where sent_at is null limit 1) found', old.relname) into unsent;
        if unsent = 0 then
            execute format('drop table %I', old.relname);
        end if;
    end loop;
    delete from outbox_other where day < (now() at time zone 'utc')::date - 7 and sent_at is not null;
end $$;;
revoke execute on function outbox_rotate() from public;;
grant execute on function outbox_rotate() to "{role}";;
select outbox_rotate();;
create function outbox_wake() returns trigger language plpgsql as $$
begin
    perform pg_notify('outbox', '');
    return null;
end $$;;
create trigger outbox_wake after insert on outbox for each statement execute function outbox_wake();;
create table inbox (
    consumer text not null,
    event_id uuid not null,
    received_at timestamptz not null default now(),
    primary key (consumer, event_id)
);;
create index inbox_age on inbox (received_at);;
create table dead_letter (
    id uuid primary key,
    consumer text not null,
    event_id uuid,
    nats_subject text not null,
    envelope bytea not null,
    error text not null,
    deliveries integer not null,
    parked_at timestamptz not null default now(),
    replayed_at timestamptz
);;
create index dead_letter_open on dead_letter (parked_at) where replayed_at is null;;
create table idempotency (
    caller text not null,
    key text not null,
    request_hash bytea not null,
    location text,
    body bytea not null,
    created_at timestamptz not null,
    primary key (caller, key)
);;
create index idempotency_age on idempotency (created_at);;
create table timer (
    id uuid primary key,
    due timestamptz not null,
    kind text not null,
    record uuid not null,
    payload jsonb not null,
    next_try timestamptz not null,
    attempts integer not null default 0,
    error text,
    done_at timestamptz,
    unique (kind, record, due)
);;
create index timer_open on timer (next_try) where done_at is null;;
create index timer_age on timer (done_at) where done_at is not null;;
create table access_log (
    id uuid primary key,
    at timestamptz not null default now(),
    caller text not null,
    client text not null,
    roles text[] not null,
    purpose text not null,
    record_type text not null,
    record uuid not null,
    fields text[] not null,
    trace text
);;
create index access_log_record on access_log (record, at);;
create index access_log_caller on access_log (caller, at);;
revoke update, delete, truncate on access_log from "{role}"
