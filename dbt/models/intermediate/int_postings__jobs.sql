with postings as (

    select * from {{ ref('postings') }}

),

threads as (

    select * from {{ ref('hn_threads') }}

)

-- A comment below a superseded thread is no job: the thread that replaced it has the
-- month's postings. hn_threads has the chosen threads alone.
select postings.*
from postings
left join threads on postings.thread_id = threads.thread_id
where
    postings.is_job
    and (postings.source <> 'hacker_news' or threads.thread_id is not null)
