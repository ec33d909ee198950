{{ config(materialized='incremental', incremental_strategy='changed_months') }}

with changed as (

    select months.*
    from {{ ref('hn_months') }} as months
    {{ only_changed_months('months') }}

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

-- One row a job and dimension: DuckDB walks both lists side by side.
dimensions as (

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
    from dimensions
    group by all

),

-- Upper and lower case make one company, shown in its most frequent spelling; the name
-- itself breaks ties, so that every build shows the same.
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

-- Ranked by count, then name: a tie at the limit is cut alike in every build.
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
    counted.postings_count / changed.total_jobs as share,

    -- timestamps
    counted.month,

    -- lineage
    changed.jobs_fingerprint

from counted
inner join changed on counted.month = changed.month
