{{ config(materialized='incremental', incremental_strategy='changed_months') }}

with changed as (

    select months.*
    from {{ ref('hn_months') }} as months
    {{ whose_jobs_changed('months') }}

),

jobs as (

    select
        month,
        remote,
        role_bucket,
        level_bucket,
        visa,
        trim(company) as company
    from {{ ref('fct_postings') }}
    where source = 'hacker_news' and month in (select changed.month from changed)

),

named as (

    select
        month,
        unnest(['remote', 'role', 'level', 'visa']) as dimension,
        unnest([remote, role_bucket, level_bucket, visa]) as value
    from jobs

),

closed_lists as (

    select
        month,
        dimension,
        value,
        count(*) as postings_count
    from named
    group by all

),

-- a company spelled in two ways is one, under the spelling it uses most
spellings as (

    select
        month,
        company,
        count(*) as times
    from jobs
    where company <> ''
    group by all

),

companies as (

    select
        month,
        first(company order by times desc, company) as company,
        sum(times)::bigint as postings_count
    from spellings
    group by month, lower(company)

),

top_companies as (

    select
        month,
        'company' as dimension,
        company as value,
        postings_count
    from companies
    qualify
        row_number() over (partition by month order by postings_count desc, company)
        <= {{ var('top_companies') }}

),

counted as (

    select * from closed_lists

    union all by name

    select * from top_companies

)

select
    -- text
    counted.dimension,
    counted.value,

    -- numerics
    counted.postings_count,
    changed.total_jobs,
    counted.postings_count / changed.total_jobs as pct_share,

    -- timestamps
    counted.month,

    -- made of
    changed.jobs_fingerprint

from counted
inner join changed on counted.month = changed.month
