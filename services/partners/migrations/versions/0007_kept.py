"""What was told and what became of it leaves after the days of the dated list: by one function, for the role itself deletes nothing.

Written beside 0009, which came in first: it follows it.
"""

from alembic import op

revision = "0007"
down_revision = "0009"

STATEMENTS = """
create index partner_feed_event_age on partner_feed_event (added_at);;
create index partner_delivery_age on partner_delivery (done_at) where done_at is not null;;
create function partner_forget_deliveries(days integer, most integer) returns bigint language plpgsql security definer
    set search_path = public, pg_temp as $$
declare gone bigint;
begin
    if days < 30 then
        raise exception 'not before thirty days';
    end if;
    with old as (
        select endpoint_id, event_id from partner_delivery
        where done_at < now() - make_interval(days => days) order by done_at limit most for update skip locked
    ), attempts as (
        delete from partner_delivery_attempt a using old where a.endpoint_id = old.endpoint_id and a.event_id = old.event_id
    )
    delete from partner_delivery d using old where d.endpoint_id = old.endpoint_id and d.event_id = old.event_id;
    get diagnostics gone = row_count;
    return gone;
end $$;;
create function partner_forget_events(days integer, most integer) returns bigint language plpgsql security definer
    set search_path = public, pg_temp as $$
declare gone bigint;
begin
    if days < 30 then
        raise exception 'not before thirty days';
    end if;
    with old as (
        select e.organisation_id, e.position from partner_feed_event e
        where e.added_at < now() - make_interval(days => days)
            and not exists (select from partner_withdrawal w where w.event_id = e.id and w.confirmed_at is null)
            and not exists (
                select from partner_delivery d join partner_endpoint p on p.id = d.endpoint_id
                where p.organisation_id = e.organisation_id and d.event_id = e.id and d.state = 'waiting'
            )
        order by e.added_at limit most for update skip locked
    )
    delete from partner_feed_event e using old where e.organisation_id = old.organisation_id and e.position = old.position;
    get diagnostics gone = row_count;
    return gone;
end $$;;
revoke execute on function partner_forget_deliveries(integer, integer), partner_forget_events(integer, integer) from public;;
grant execute on function partner_forget_deliveries(integer, integer), partner_forget_events(integer, integer) to partners
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
