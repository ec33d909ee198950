-- The same job seen twice: on two boards, or posted again (docs/data-model.md has the rule).

with jobs as (

    select
        posting_id,
        source,
        coalesce(location, '') as location,
        coalesce(date_posted, month::timestamptz) as posted_at,
        description_raw,
        -- not asked of Hacker News: at 100,000 comments this alone takes a second
        case when source <> 'hacker_news' then {{ words_of("company") }} end
            as company_words,
        case when source <> 'hacker_news' then {{ words_of("title") }} end
            as title_words
    from {{ ref('int_postings__jobs') }}

),

named as (

    select
        posting_id,
        source,
        location,
        posted_at,
        case
            -- a comment offers several jobs, its first line names some: only its text is compared
            when source = 'hacker_news' then md5(description_raw)
            else
                regexp_replace(
                    company_words,
                    '( (inc|llc|ltd|limited|gmbh|ag|se|bv|sa|sas|corp|co|plc))+$', ''
                )
                || '|'
                || regexp_replace(title_words, '( [mwfdxi]){2,}$', '')
        end as job_name
    from jobs
    where source = 'hacker_news' or (company_words <> '' and title_words <> '')

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
