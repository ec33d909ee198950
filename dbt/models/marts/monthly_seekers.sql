-- Whole threads only: a part of one would look like fewer seekers.
with threads as (

    select * from {{ ref('seeker_threads') }}
    where is_whole

),

postings as (

    select
        month,
        posting_id,
        count(*) as jobs_count
    from {{ ref('fct_jobs') }}
    where source = 'hacker_news'
    group by all

),

jobs as (

    select
        month,
        sum(jobs_count)::bigint as jobs_count,
        sum(jobs_count ** 2)::bigint as jobs_squares,
        count(*) as postings_count
    from postings
    group by month

),

complete as (

    select jobs.*
    from jobs
    semi join {{ ref('hn_months') }} as months
        on jobs.month = months.month and months.is_complete

)

select
    -- ids
    threads.kind,
    threads.thread_id::varchar as thread_id,

    -- numerics
    threads.seekers_count,
    threads.offers_count,
    complete.jobs_count,
    complete.jobs_squares,
    complete.postings_count,
    complete.jobs_count / nullif(threads.seekers_count, 0) as jobs_per_seeker,

    -- timestamps
    threads.month

from threads
left join complete on threads.month = complete.month
