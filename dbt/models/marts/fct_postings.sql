{{ config(materialized='view') }}

with postings as (

    select * from {{ ref('postings') }}

),

threads as (

    select * from {{ ref('hn_threads') }}

),

-- what answers a superseded thread does not count: its replacement holds the month's postings
jobs as (

    select postings.*
    from postings
    left join threads on postings.thread_id = threads.thread_id
    where
        postings.is_job
        and (postings.source <> 'hacker_news' or threads.thread_id is not null)

)

select
    -- ids
    posting_id,
    null::varchar as duplicate_of,

    -- text
    source,
    url,
    title,
    company,
    coalesce(location, nullif(array_to_string(locations, '; '), '')) as location,
    locations,
    country,
    remote,
    role_bucket,
    level_bucket,
    roles,
    levels,
    salary_currency,
    salary_period,
    visa,
    description_raw,
    raw_json::json as raw_json,
    classifier_version,

    -- numerics
    salary_min,
    salary_max,

    -- timestamps
    month,
    date_posted,
    retrieved_at

from jobs
