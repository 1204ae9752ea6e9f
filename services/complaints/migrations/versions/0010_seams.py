"""Where two areas meet: documents with an answer, how long things are kept, referrals of cases."""

from alembic import op

revision = "0010"
down_revision = "0009"

# Money of cases becomes redress: one line for each head, currency and payer, under the id of its first row, so that links lead there still.
# What was agreed to be nothing is given up; of rows that fall together a claim without agreement counts with all of itself. The old tables
# go at once: an old replica that would still write into them is refused, not lost.
STATEMENTS = """
alter table redress_line
    add column payer text,
    add column is_grant boolean not null default false,
    add column claimed_on date,
    drop constraint redress_line_complaint_id_head_currency_key,
    add constraint redress_line_once unique nulls not distinct (complaint_id, head, currency, payer)
;;
alter table redress_payment alter column proof drop not null, alter column proof_index drop not null
;;
create index redress_line_grants on redress_line (made_at, id) where is_grant and given_up_at is null and settled_on is null
;;
alter table proposal add column orders jsonb
;;
update file_money set dropped_on = coalesce(dropped_on, agreed_on) where agreed = 0
;;
create temporary table moved on commit drop as
select money.id,
       first_value(money.id) over same as line_id,
       complaint_id,
       case money.kind when 'cost_of_return' then 'ticket' else money.kind end as head,
       currency, payer, is_grant, claimed, claimed_on, agreed, agreed_on, dropped_on, recorded_at, recorded_by
from file_money money
window same as (partition by complaint_id, kind, currency, payer, is_grant order by recorded_at, id)
;;
insert into redress_line (id, complaint_id, version, head, currency, payer, is_grant, claimed, claimed_on, ordered, basis, ordered_on,
                          given_up_at, given_up_reason, made_by, made_at)
select line_id, complaint_id, 1, head, currency, payer, is_grant,
       coalesce(sum(claimed) filter (where dropped_on is null), sum(claimed)), min(claimed_on),
       case when count(agreed) filter (where dropped_on is null) > 0
            then sum(coalesce(agreed, claimed)) filter (where dropped_on is null) end,
       case when count(agreed) filter (where dropped_on is null) > 0 then 'agreement' end,
       case when count(agreed) filter (where dropped_on is null) > 0
            then max(coalesce(agreed_on, claimed_on)) filter (where dropped_on is null) end,
       case when bool_and(dropped_on is not null) then max(dropped_on)::timestamp at time zone 'Asia/Dhaka' end,
       case when bool_and(dropped_on is not null) then case when max(agreed) = 0 then 'nothing_owed' else 'other' end end,
       (array_agg(recorded_by order by recorded_at, id))[1], min(recorded_at)
from moved
group by line_id, complaint_id, head, currency, payer, is_grant
;;
insert into redress_payment (id, line_id, complaint_id, amount, paid_on, way, source, recorded_by, recorded_at, confirmed_by, confirmed_at,
                             confirmed_with)
select payment.id, moved.line_id, moved.complaint_id, payment.amount, payment.paid_on,
       case payment.proof when 'bank' then 'bank' when 'cheque' then 'cheque' when 'cash_receipt' then 'cash' else 'other' end,
       'payer', payment.recorded_by, payment.recorded_at, payment.recorded_by, payment.recorded_at,
       case payment.proof when 'bank' then 'statement' when 'family_confirmed' then 'family' when 'other' then 'officer' else 'receipt' end
from file_payment payment join moved on moved.id = payment.money_id
;;
update redress_line line set settled_on = paid.last
from (select line_id, sum(amount) as amount, max(paid_on) as last from redress_payment where confirmed_at is not null group by line_id) paid
where paid.line_id = line.id and line.settled_on is null and line.ordered <= paid.amount
;;
update complaint set redress_state = state.name
from (
    select line.complaint_id,
           case when count(*) filter (where followed) = 0 then 'given_up'
                when count(*) filter (where followed and settled) = count(*) filter (where followed) then 'paid'
                when bool_or(followed and (settled or paid > 0)) then 'partly_paid'
                when bool_or(followed and ordered is not null) then 'ordered'
                else 'claimed' end as name
    from (
        select one.complaint_id, one.ordered, one.given_up_at is null as followed, coalesce(sums.paid, 0) as paid,
               one.ordered is not null and one.ordered <= coalesce(sums.paid, 0) as settled
        from redress_line one
        left join lateral (
            select sum(amount) as paid from redress_payment where line_id = one.id and confirmed_at is not null
        ) sums on true
        where one.complaint_id in (select complaint_id from file_money)
    ) line
    group by line.complaint_id
) state
where state.complaint_id = complaint.id
;;
drop table file_payment, file_money
;;
alter table respondent_document
    drop column stored,
    alter column name drop not null,
    alter column size type bigint,
    add column file_id uuid not null,
    add column shown_file_id uuid,
    add column shown_size bigint,
    add column added_by text not null,
    add column shared_at timestamptz,
    add column shared_by text,
    add column removed_at timestamptz
;;
alter table upload add column question_id uuid references respondent_question, add column document_id uuid references respondent_document
;;
create index upload_of_question on upload (question_id) where question_id is not null
;;
create table retention_mark (name text primary key, done_until timestamptz not null)
;;
create table retention_waiting (name text, record uuid, primary key (name, record))
;;
create index complaint_ended on complaint (resolved_at, id) where resolved_at is not null
;;
alter table callback drop constraint callback_reason_check,
    add constraint callback_reason_check check (reason in ('missed', 'promised', 'asked'))
;;
alter table redress_task add column callback_id uuid references callback
;;
create index redress_task_of_callback on redress_task (callback_id) where callback_id is not null
;;
delete from figure_state
;;
create index callback_closed on callback (closed_at, id) where closed_at is not null
;;
create index referral_received_of on referral_received (referral_id)
;;
create function erase_case_words(erased uuid, blank bytea) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    if not exists (select from complaint where id = erased and resolved_at is not null and not on_hold) then
        return;
    end if;
    update file_step set note = null where complaint_id = erased and note is not null;
    update death_wish set said_by = null where complaint_id = erased and said_by is not null;
    update protection_visit set findings = null where complaint_id = erased and findings is not null;
    update protection_assessment set reason = blank where complaint_id = erased;
end
$$
;;
create function erase_call_words(erased uuid) returns void language sql security definer set search_path = public, pg_temp as $$
    update callback_attempt set note = null
    where note is not null and callback_id = (select id from callback where id = erased and closed_at < now() - interval '1 year')
$$
;;
revoke execute on function erase_case_words(uuid, bytea), erase_call_words(uuid) from public
;;
grant execute on function erase_case_words(uuid, bytea), erase_call_words(uuid) to "complaints"
;;
insert into timer (id, due, kind, record, payload, next_try)
values (gen_random_uuid(), date_trunc('day', now()) + interval '1 day 20 hours', 'retention.night', '00000000-0000-4000-8000-0000000000e1',
        '{}', date_trunc('day', now()) + interval '1 day 20 hours')
"""


def upgrade() -> None:
    for statement in filter(str.strip, STATEMENTS.split(";;")):
        op.execute(statement)
