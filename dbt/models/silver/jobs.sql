{{ config(materialized='view') }}

with postings as (

    select
        posting_id,
        len(jobs) as jobs_count,
        -- Both lists have one length, and unnest walks them together.
        unnest(range(1, len(jobs) + 1)) as position,
        unnest(jobs) as job
    from {{ ref('postings') }}

)

select
    posting_id,
    position,
    jobs_count,
    job.title,
    job.roles,
    job.levels,
    job.family,
    job.remote,
    job.locations,
    job.salary_min,
    job.salary_max,
    job.salary_currency,
    job.salary_period,
    job.places
from postings
