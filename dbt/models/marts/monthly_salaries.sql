{{ config(materialized='incremental', incremental_strategy='changed_months') }}

with changed as (

    select months.*
    from {{ ref('hn_months') }} as months
    {{ only_changed_months('months') }}

),

jobs as (

    select * from {{ ref('fct_postings') }}
    where source = 'hacker_news'

),

-- The middle of each range, per year; a range with one end counts as that end. Hourly and
-- daily rates are left out: they are contractors', whose days a year are unknown.
yearly as (

    select
        changed.month,
        changed.jobs_fingerprint,
        jobs.salary_currency as currency,
        (
            coalesce(jobs.salary_min, jobs.salary_max)
            + coalesce(jobs.salary_max, jobs.salary_min)
        ) / 2
        * case jobs.salary_period
            when 'year' then 1 when 'month' then 12 when 'week' then 52
        end as salary
    from jobs
    inner join changed on jobs.month = changed.month
    where
        jobs.salary_currency is not null
        and jobs.salary_period in ('year', 'month', 'week')

)

select
    -- text
    currency,

    -- numerics
    count(*) as postings_count,
    quantile_cont(salary, 0.25) as p25,
    quantile_cont(salary, 0.5) as median,
    quantile_cont(salary, 0.75) as p75,

    -- timestamps
    month,

    -- lineage
    jobs_fingerprint

from yearly
where salary is not null
group by month, currency, jobs_fingerprint
