{{ config(materialized='view') }}

with jobs as (

    select * from {{ ref('jobs') }}

),

postings as (

    select * from {{ ref('fct_postings') }}

)

select
    -- ids
    postings.posting_id,
    jobs.position,
    postings.duplicate_of,
    postings.company_key,

    -- text
    postings.source,
    -- What is said of a posting with one job, by its board's record or its text, is said
    -- of the job. Of several jobs each has only what the text says of it alone.
    if(jobs.jobs_count = 1, postings.title, jobs.title) as title,
    postings.company,
    jobs.roles,
    jobs.levels,
    jobs.family,
    if(
        jobs.jobs_count = 1, nullif(postings.remote, 'unspecified'), jobs.remote
    ) as remote,
    if(jobs.jobs_count = 1, postings.locations, jobs.locations) as locations,
    if(jobs.jobs_count = 1, [], jobs.places) as places,
    if(
        jobs.jobs_count = 1, postings.salary_currency, jobs.salary_currency
    ) as salary_currency,
    if(
        jobs.jobs_count = 1, postings.salary_period, jobs.salary_period
    ) as salary_period,

    -- numerics
    jobs.jobs_count,
    if(jobs.jobs_count = 1, postings.salary_min, jobs.salary_min) as salary_min,
    if(jobs.jobs_count = 1, postings.salary_max, jobs.salary_max) as salary_max,

    -- timestamps
    postings.month

from jobs
inner join postings on jobs.posting_id = postings.posting_id
