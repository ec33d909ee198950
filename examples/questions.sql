-- Ten questions for the duckdb shell, on an export (docs/export.md):
--
--     python -m include.cli export --to rows
--     cd rows/latest && duckdb -init views.sql
--     .read .../examples/questions.sql
--
-- The line "columns" below each question says what it answers with.

-- 1. How many postings, companies and jobs has each source?
-- columns: source, postings, companies, jobs
select
    source,
    count(distinct posting_id) as postings,
    count(distinct company_key) as companies,
    count(*) as jobs
from fct_jobs
where duplicate_of is null
group by source
order by postings desc, source;

-- 2. Which technologies do companies ask for in the last twelve months?
-- columns: technology, companies, share
with recent as (
    select posting_id, company_key
    from fct_postings
    where
        duplicate_of is null
        and company_key is not null
        and month > (select max(month) from fct_postings) - interval 12 month
)
select
    dim_technologies.name as technology,
    count(distinct recent.company_key) as companies,
    round(companies / (select count(distinct company_key) from recent), 3) as share
from recent
inner join fct_posting_skills using (posting_id)
inner join dim_technologies on fct_posting_skills.skill = dim_technologies.technology_id
group by technology
order by companies desc, technology
limit 20;

-- 3. How has the share of Python postings changed, year by year? (Hacker News, whole months)
-- columns: year, python_postings, postings, share
select
    year(month) as year,
    sum(mention_count) as python_postings,
    sum(total_jobs) as postings,
    round(python_postings / postings, 3) as share
from monthly_trends
where technology_id = 'python' and is_complete and total_jobs > 0
group by year
order by year;

-- 4. How does each month divide by way of work?
-- columns: month, remote, hybrid, onsite, unspecified
pivot (
    select month, value, share
    from monthly_market_mix
    where dimension = 'remote'
)
on value in ('remote', 'hybrid', 'onsite', 'unspecified')
using round(first(share), 3)
order by month;

-- 5. What do jobs in US dollars a year pay, by family?
-- columns: family, jobs, median_usd
select
    family,
    count(*) as jobs,
    median((coalesce(salary_min, salary_max) + coalesce(salary_max, salary_min)) / 2) as median_usd
from fct_jobs
where duplicate_of is null and salary_currency = 'USD' and salary_period = 'year'
group by family
order by jobs desc, family;

-- 6. Which postings offer work in Europe, or remote work for people who live there?
-- columns: month, company, title, url
select distinct
    fct_postings.month,
    fct_postings.company,
    fct_postings.title,
    fct_postings.url
from fct_postings
inner join fct_posting_places using (posting_id)
inner join place_ancestors using (place_id)
where place_ancestors.ancestor_id = 'europe' and fct_posting_places.relation <> 'excluded'
order by fct_postings.month desc, company, title, url
limit 50;

-- 7. Which technologies are asked for together more often than by chance?
-- columns: skill_a, skill_b, postings_count, lift
select
    skill_a,
    skill_b,
    postings_count,
    round(lift, 1) as lift
from skill_pairs
order by skill_pairs.lift desc, skill_a, skill_b
limit 20;

-- 8. Which companies post in most months?
-- columns: company, months, first_month, last_month
select
    dim_companies.name as company,
    count(distinct fct_postings.month) as months,
    dim_companies.first_month,
    dim_companies.last_month
from dim_companies
inner join fct_postings using (company_key)
group by all
order by months desc, company
limit 20;

-- 9. Which companies post for the first time, by month?
-- columns: month, first_time, companies
select
    month,
    count(distinct company_key) filter (first_month = month) as first_time,
    count(distinct company_key) as companies
from fct_postings
inner join dim_companies using (company_key)
group by month
order by month;

-- 10. How senior is each kind of work? (roles are several a job)
-- columns: role, jobs, senior_share
select
    role,
    count(*) as jobs,
    round(avg(list_contains(levels, 'senior')::integer), 3) as senior_share
from (
    select
        unnest(roles) as role,
        levels
    from fct_jobs
    where duplicate_of is null
)
group by role
order by jobs desc, role;
