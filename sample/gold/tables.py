"""The gold tables of docs/data-model.md, and the marts computed plainly from the fact tables."""

from __future__ import annotations

__all__ = ["MARTS", "SPANS", "TABLES"]

TABLES = """
create schema if not exists gold;
create schema if not exists bronze;
create or replace table gold.fct_postings (
    posting_id varchar, source varchar, url varchar, canonical_url varchar, title varchar,
    company varchar, company_key varchar, location varchar, locations varchar[], country varchar,
    countries varchar[], remote varchar,
    date_posted timestamptz, month date, retrieved_at timestamptz, role_bucket varchar,
    level_bucket varchar, roles varchar[], levels varchar[], salary_min double,
    salary_max double, salary_currency varchar, salary_period varchar, visa varchar,
    duplicate_of varchar, description_raw varchar, raw_json json,
    payload_hash varchar, reading_version varchar, classifier_version varchar
);
create or replace table gold.fct_jobs (
    posting_id varchar, position bigint, duplicate_of varchar, source varchar, title varchar,
    company varchar, roles varchar[], levels varchar[], family varchar, remote varchar,
    locations varchar[], salary_currency varchar, salary_period varchar, jobs_count bigint,
    salary_min double, salary_max double, month date,
    places struct(place_id varchar, relation varchar)[]
);
create or replace table gold.fct_posting_skills (
    posting_id varchar, skill varchar, count bigint
);
create or replace table gold.fct_posting_places (
    posting_id varchar, place_id varchar, relation varchar
);
create or replace table gold.dim_technologies (
    technology_id varchar, name varchar, category varchar, aliases varchar[]
);
create or replace table bronze.loads (
    load_id uuid, source varchar, partition varchar, run_id varchar, started_at timestamptz,
    committed_at timestamptz, expected bigint, fetched bigint, inserted bigint,
    unchanged bigint, tombstones bigint, rejected bigint, missing bigint,
    updated bigint, filtered bigint
);
create or replace table bronze.rejects (
    source varchar, record_key varchar, reason_code varchar, message varchar, payload varchar,
    first_seen_at timestamptz, last_seen_at timestamptz, load_id uuid, state varchar
);
insert into bronze.rejects
select 'remotive', cast(n as varchar), 'not_a_posting', 'no title', '{}',
    timestamptz '2026-10-05 06:00:00+00', timestamptz '2026-10-19 06:00:00+00', uuid(),
    case when n < 5 then 'open' else 'replayed' end
from range(7) as r(n);
"""

# The rules of dbt/models/marts, plainly: monthly tables count every Hacker News posting, duplicates
# too, in its month; skill_pairs counts each job of any source once.
MARTS = """
insert into gold.fct_jobs
with named as (
    select *, regexp_split_to_array(title, ' · ') as titles from gold.fct_postings
), numbered as (
    select *, len(titles) as jobs_count, unnest(range(1, len(titles) + 1)) as position from named
)
select posting_id, position, duplicate_of, source, titles[position] as title, company,
    [roles[position]] as roles, if(position = 1, levels, []) as levels,
    if(position = 1, 'engineering', 'design') as family,
    case when jobs_count = 1 then nullif(remote, 'unspecified') end as remote,
    case when jobs_count = 1 then locations else [] end as locations,
    case when jobs_count = 1 then salary_currency end as salary_currency,
    case when jobs_count = 1 then salary_period end as salary_period, jobs_count,
    case when jobs_count = 1 then salary_min end as salary_min,
    case when jobs_count = 1 then salary_max end as salary_max, month, [] as places
from numbered;

create or replace table gold.monthly_trends as
with jobs as (
    select month, count(*) as total_jobs from gold.fct_postings
    where source = 'hacker_news' group by month
), mentions as (
    select p.month, s.skill, count(*) as mention_count from gold.fct_posting_skills as s
    join gold.fct_postings as p using (posting_id)
    where p.source = 'hacker_news' group by all
), grid as (
    select j.month, t.technology_id, coalesce(m.mention_count, 0) as mention_count, j.total_jobs,
        coalesce(m.mention_count, 0) / j.total_jobs as share
    from jobs as j cross join gold.dim_technologies as t
    left join mentions as m on m.month = j.month and m.skill = t.technology_id
)
select n.*,
    100 * (n.share - m.share) / nullif(m.share, 0) as mom_growth_pct,
    100 * (n.share - y.share) / nullif(y.share, 0) as yoy_growth_pct,
    true as is_complete
from grid as n
left join grid as m on m.technology_id = n.technology_id
    and m.month = n.month - interval 1 month
left join grid as y on y.technology_id = n.technology_id
    and y.month = n.month - interval 12 month;

create or replace table gold.monthly_market_mix as
with named as (
    select month, unnest([
        struct_pack(dimension := 'remote', value := remote),
        struct_pack(dimension := 'role', value := role_bucket),
        struct_pack(dimension := 'level', value := level_bucket),
        struct_pack(dimension := 'visa', value := visa)
    ], recursive := true)
    from gold.fct_postings where source = 'hacker_news'
), jobs as (
    select month, count(*) as total_jobs from gold.fct_postings
    where source = 'hacker_news' group by month
)
select n.month, n.dimension, n.value, count(*) as postings_count, any_value(j.total_jobs)
    as total_jobs, count(*) / any_value(j.total_jobs) as share
from named as n join jobs as j using (month) group by all;

create or replace table gold.monthly_salaries as
select month, salary_currency as currency, count(*) as postings_count,
    quantile_cont((salary_min + salary_max) / 2, 0.25) as p25,
    quantile_cont((salary_min + salary_max) / 2, 0.5) as median,
    quantile_cont((salary_min + salary_max) / 2, 0.75) as p75
from gold.fct_postings
where salary_min is not null and source = 'hacker_news' group by all;

create or replace table gold.monthly_seekers as
with jobs as (
    select month, posting_id, count(*) as n from gold.fct_jobs
    where source = 'hacker_news' group by all
)
select 'wants' as kind, month, 200 + hash(month) % 200 as seekers_count, 0 as offers_count,
    sum(n)::bigint as jobs_count, sum(n * n)::bigint as jobs_squares, count(*) as postings_count
from jobs where month < (select max(month) from jobs) group by month;

create or replace table gold.monthly_seeker_skills as
select m.kind, t.technology_id, m.month, least(t.mention_count + 3, m.seekers_count)
    as seekers_count, m.seekers_count as total_seekers, t.mention_count as postings_count
from gold.monthly_seekers as m join gold.monthly_trends as t using (month)
where t.mention_count > 0;

create or replace table gold.skill_pairs as
with recent as (
    select posting_id from gold.fct_postings
    where duplicate_of is null and month > (select max(month) from gold.fct_postings)
        - interval 12 month
), named as (
    select s.posting_id, s.skill from gold.fct_posting_skills as s
    join recent using (posting_id)
), total as (select count(*) as n from recent),
single as (select skill, count(*) as n from named group by skill)
select a.skill as skill_a, b.skill as skill_b, count(*) as postings_count,
    count(*) / any_value(total.n) as share,
    count(*) * any_value(total.n) / (any_value(x.n) * any_value(y.n)) as lift
from named as a join named as b on a.posting_id = b.posting_id and a.skill < b.skill
join single as x on x.skill = a.skill join single as y on y.skill = b.skill
cross join total group by all having count(*) >= 5;
"""

# The job boards' postings stand in for those of companies' boards, four boards each; a job is open
# for one to sixty days, every tenth was there before the board was read first.
SPANS = """
create schema if not exists silver;
create or replace table gold.place_ancestors (place_id varchar, ancestor_id varchar);
create or replace view silver.jobs as select * from gold.fct_jobs;
create or replace table silver.job_spans as
with drawn as (
    select posting_id, source, date_posted as opened_at,
        ('0x' || left(posting_id, 6))::bigint as number,
        max(date_posted) over () as read_at
    from gold.fct_postings where source <> 'hacker_news'
), lives as (
    select *, opened_at + to_days((1 + number % 60)::integer) as ends_at,
        ends_at < read_at as is_closed
    from drawn
)
select posting_id as job_id, 1::bigint as span, posting_id, [posting_id] as posting_ids, source,
    'board-' || number % 4 as board, false as reopened, number % 10 = 0 as entered_late,
    not is_closed as is_open, opened_at,
    if(is_closed, ends_at - interval 1 day, read_at) as last_seen_at,
    if(is_closed, ends_at, null) as closed_at, opened_at - interval 9 day as date_posted
from lives;
-- Every thirtieth posting was edited on its second day: a line was put in, another taken out.
create or replace view silver.int_postings__jobs as select * from gold.fct_postings;
create or replace table silver.posting_versions as
with edited as (
    select *, unnest([1, 2]) as version from gold.fct_postings
    where ('0x' || left(posting_id, 6))::bigint % 30 = 0
)
select posting_id, version::bigint as version,
    retrieved_at + to_days(version::integer - 1) as seen_at,
    if(version = 1, [], [if(source = 'hacker_news', 'text', 'description')]) as fields,
    if(version = 1, 'We hire for two more weeks.' || chr(10), '') || description_raw
        || if(version = 1, '', chr(10) || 'Reviewed by the team.') as text
from edited;
"""
