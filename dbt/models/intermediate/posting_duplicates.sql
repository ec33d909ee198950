-- The same job seen twice: on two boards, or posted again (docs/data-model.md has the rule).

with jobs as (

    select
        posting_id,
        source,
        job_name,
        coalesce(location, '') as location,
        coalesce(date_posted, month::timestamptz) as posted_at
    from {{ ref('int_postings__jobs') }}
    where job_name is not null

),

-- nearly all jobs are there once: what follows is for the others
shared_names as (

    select job_name
    from jobs
    group by job_name
    having count(*) > 1

),

named as (

    select jobs.*
    from jobs
    semi join shared_names on jobs.job_name = shared_names.job_name

),

-- one board lists a job once a place: there, another place is another job
placed as (

    select
        *,
        dense_rank() over (partition by job_name, source order by location) as place
    from named

),

-- a pause of more than 60 days ends a job: what comes after is a new one
marked as (

    select
        *,
        posted_at > lag(posted_at) over by_age + interval 60 day as is_new
    from placed
    window
        by_age as (
            partition by job_name, place order by posted_at, source, posting_id
        )

),

spelled as (

    select
        *,
        count(*) filter (is_new) over (
            partition by job_name, place
            order by posted_at, source, posting_id
        ) as spell
    from marked

),

-- the newest counts, so that a job posted again is found among the newest
counted as (

    select
        posting_id,
        first_value(posting_id) over (
            partition by job_name, place, spell
            order by posted_at desc, source, posting_id
        ) as duplicate_of
    from spelled

)

select * from counted
where posting_id <> duplicate_of
