{{ config(materialized='view') }}

with postings as (

    select * from {{ ref('postings') }}

),

threads as (

    select * from {{ ref('hn_threads') }}

)

-- what answers a superseded thread does not count: its replacement holds the month's postings
select postings.*
from postings
left join threads on postings.thread_id = threads.thread_id
where
    postings.is_job
    and (postings.source <> 'hacker_news' or threads.thread_id is not null)
