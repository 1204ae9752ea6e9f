-- What a method of classification is given of each agency, as it was known at known_at and true from since to until.
-- str.format fills in the tables, narrowed to some licences or whole. For the whole register: one pass over each table.
with struck as (
    select fact from (
        select distinct on (fact) fact, struck from fact_strike where made_at <= :known_at order by fact, made_at desc, id desc
    ) latest where latest.struck
), known as materialized (
    select f.* from {facts} f
    where f.recorded_at <= :known_at and f.happened_on <= :until and not exists (select from struck s where s.fact = f.id)
), state as (
    -- Of facts about one complaint the highest sequence holds, in whatever order they came.
    select distinct on (record) record, outcome, licence, category, happened_on
    from known
    where kind in ('complaint_decided', 'complaint_reopened', 'complaint_merged')
    order by record, sequence desc, recorded_at desc, id desc
), standing as (
    select * from state where outcome in ('upheld', 'partly') and licence is not null
), counted as (
    -- A fact that rests on a complaint stands and falls with it.
    select f.* from known f left join state s on s.record = f.record
    where f.licence is not null and f.happened_on >= :since and (s.record is null or s.outcome in ('upheld', 'partly'))
), per_complaint as (
    select licence,
           count(*) filter (where outcome = 'upheld') upheld,
           count(*) filter (where outcome = 'partly') partly
    from standing where happened_on >= :since group by licence
), by_category as (
    select licence, jsonb_object_agg(category, number order by category) categories
    from (
        select licence, category, count(*) number from standing where happened_on >= :since group by licence, category
    ) counts group by licence
), proven as (
    -- A receipt noted for a complaint, and that complaint upheld, are one overcharge.
    select licence, measure, count(distinct key) number from (
        select s.licence, p.measure, s.record as key
        from standing s join unnest(cast(:categories as text[]), cast(:measures as text[])) p(category, measure) using (category)
        where s.happened_on >= :since
        union all
        select licence, 'above_ceiling', coalesce(record, id) from counted where kind = 'fee_charged' and amount > ceiling
        union all
        select licence, 'above_zero', coalesce(record, id) from counted where kind = 'fee_charged' and amount > 0
        union all
        select licence, 'contracts_missing', coalesce(record, id) from counted
        where kind = 'contract' and outcome in ('missing', 'exchanged')
        union all
        select licence, 'passports_withheld', coalesce(record, id) from counted where kind = 'passport' and outcome = 'withheld'
    ) keys group by licence, measure
), proofs as (
    select licence, jsonb_object_agg(measure, number) numbers from proven group by licence
), orders as (
    select o.record, max(o.licence) licence, cast(sum(o.amount) as bigint) ordered, min(o.currency) currency, max(o.due_on) due_on, max(o.happened_on) ordered_on
    from known o left join state s on s.record = o.record
    where o.kind = 'redress_ordered' and o.licence is not null
      and (o.basis <> 'decision' or s.record is null or s.outcome in ('upheld', 'partly'))
    group by o.record
), payments as (
    select record, cast(sum(amount) as bigint) paid from known where kind = 'redress_paid' group by record
), per_order as (
    select o.licence, count(*) orders,
           count(*) filter (where o.ordered > coalesce(p.paid, 0)) unpaid,
           count(*) filter (where o.ordered > coalesce(p.paid, 0) and o.due_on < :until) overdue,
           cast(sum(o.ordered) filter (where o.currency = 'BDT') as bigint) ordered_minor,
           cast(sum(least(o.ordered, coalesce(p.paid, 0))) filter (where o.currency = 'BDT') as bigint) paid_minor
    from orders o left join payments p using (record)
    where o.ordered_on >= :since
    group by o.licence
), per_fact as (
    select licence,
           -- What rests on a complaint speaks against the agency or not at all: else an upheld one could raise a class.
           count(*) filter (where kind = 'fee_charged' and record is null) fees,
           count(*) filter (where kind = 'contract' and outcome = 'given' and record is null) contracts_given,
           count(*) filter (where kind = 'inspection' and outcome = 'passed') inspections_passed,
           count(*) filter (where kind = 'inspection' and outcome = 'failed') inspections_failed,
           coalesce(sum(workers) filter (where kind = 'training'), 0) trained,
           count(*) filter (where kind = 'complaint_answered') answers,
           percentile_cont(0.5) within group (order by days) filter (where kind = 'complaint_answered') median_answer_days,
           count(*) filter (where kind = 'crisis_answer') crisis_asked,
           count(*) filter (where kind = 'crisis_answer' and outcome = 'answered') crisis_answered,
           max(recorded_at) last_known_at
    from counted group by licence
), offences as (
    -- However long ago: a conviction is unresolved until something says otherwise.
    select licence, count(*) unresolved from known o
    where kind = 'offence' and outcome = 'convicted' and licence is not null
      and not exists (select from known r where r.kind = 'offence_resolved' and r.about = o.id)
    group by licence
), sent as (
    select d.licence, sum(d.workers) deployed,
           sum(d.workers) filter (where d.sex = 'female') deployed_women,
           array_agg(distinct d.year) years
    from {deployments} d
    where d.recorded_at <= :known_at
      and d.year between extract(year from cast(:since as date)) and extract(year from cast(:until as date))
      and not exists (select from deployment n where n.supersedes = d.id and n.recorded_at <= :known_at)
      and not exists (select from struck s where s.fact = d.id)
    group by d.licence
)
select a.licence,
       sent.deployed, coalesce(sent.deployed_women, 0), coalesce(sent.years, '{{}}'),
       coalesce(c.upheld, 0), coalesce(c.partly, 0), coalesce(k.categories, '{{}}'::jsonb),
       coalesce(o.orders, 0), coalesce(o.unpaid, 0), coalesce(o.overdue, 0), coalesce(o.ordered_minor, 0), coalesce(o.paid_minor, 0),
       coalesce(f.fees, 0),
       coalesce((p.numbers ->> 'above_ceiling')::integer, 0), coalesce((p.numbers ->> 'above_zero')::integer, 0),
       coalesce(f.contracts_given, 0), coalesce((p.numbers ->> 'contracts_missing')::integer, 0),
       coalesce((p.numbers ->> 'passports_withheld')::integer, 0),
       coalesce(f.inspections_passed, 0), coalesce(f.inspections_failed, 0),
       coalesce(x.unresolved, 0), coalesce(f.trained, 0),
       coalesce(f.answers, 0), f.median_answer_days,
       coalesce(f.crisis_asked, 0), coalesce(f.crisis_answered, 0),
       f.last_known_at
from {agencies} a
left join sent on sent.licence = a.licence
left join per_complaint c on c.licence = a.licence
left join by_category k on k.licence = a.licence
left join per_order o on o.licence = a.licence
left join proofs p on p.licence = a.licence
left join per_fact f on f.licence = a.licence
left join offences x on x.licence = a.licence
order by a.licence
