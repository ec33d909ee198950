-- Postings of one job: on two boards, or posted again. docs/data-model.md has the rule.

with jobs as (

    select
        jobs.posting_id,
        jobs.source,
        jobs.job_name,
        stated.job_place,
        stated.country,
        coalesce(jobs.date_posted, jobs.month::timestamptz) as posted_at
    from {{ ref('int_postings__jobs') }} as jobs
    left join {{ ref('board_postings') }} as stated
        on jobs.posting_id = stated.posting_id
    where jobs.job_name is not null

),

-- Most names occur once and cannot be duplicates: the joins below skip them.
shared_names as (

    select job_name
    from jobs
    group by job_name
    having count(*) > 1

),

candidates as (

    select jobs.*
    from jobs
    semi join shared_names on jobs.job_name = shared_names.job_name

),

-- Step 1: a posting that names only a country is in the city that another board names,
-- if exactly one city qualifies. A city that the posting's own board lists beside it does
-- not: a board lists a job once a place, so these are two jobs.
cities as (

    select
        job_name,
        job_place,
        any_value(country) as country,
        list(distinct source) as sources
    from candidates
    where job_place is not null
    group by all

),

only_city as (

    select
        wide.job_name,
        wide.source,
        wide.country,
        any_value(cities.job_place) as place
    from (
        select distinct
            job_name,
            source,
            country
        from candidates
        where job_place is null and country is not null
    ) as wide
    inner join cities
        on
            wide.job_name = cities.job_name
            and not list_contains(cities.sources, wide.source)
            and coalesce(wide.country = cities.country, true)
    group by all
    having count(*) = 1

),

narrowed as (

    select
        candidates.*,
        coalesce(
            candidates.job_place, only_city.place, 'in ' || candidates.country
        ) as place
    from candidates
    left join only_city
        on
            candidates.job_place is null
            and candidates.job_name = only_city.job_name
            and candidates.source = only_city.source
            and candidates.country = only_city.country

),

-- Step 2: the same for a posting that names no place at all.
places as (

    select
        job_name,
        place,
        list(distinct source) as sources
    from narrowed
    where place is not null
    group by all

),

only_place as (

    select
        nowhere.job_name,
        nowhere.source,
        any_value(places.place) as place
    from (
        select distinct
            job_name,
            source
        from narrowed
        where place is null
    ) as nowhere
    inner join places
        on
            nowhere.job_name = places.job_name
            and not list_contains(places.sources, nowhere.source)
    group by all
    having count(*) = 1

),

-- The place is part of the key: another place is another job, on one board and on two.
placed as (

    select
        narrowed.posting_id,
        narrowed.source,
        narrowed.job_name,
        narrowed.posted_at,
        coalesce(narrowed.place, only_place.place, 'anywhere') as place
    from narrowed
    left join only_place
        on
            narrowed.place is null
            and narrowed.job_name = only_place.job_name
            and narrowed.source = only_place.source

),

-- Step 3: a gap of more than 60 days ends an episode; the next posting is a new job.
-- source and posting_id break ties, so that every build numbers the episodes alike.
gaps as (

    select
        *,
        posted_at > lag(posted_at) over by_age + interval 60 day as starts_episode
    from placed
    window
        by_age as (
            partition by job_name, place order by posted_at, source, posting_id
        )

),

-- A running count of the starts numbers the episodes of a key.
episodes as (

    select
        *,
        count(*) filter (starts_episode) over (
            partition by job_name, place
            order by posted_at, source, posting_id
        ) as episode
    from gaps

),

-- The newest posting of an episode counts, so that a repost shows among the newest jobs.
counted as (

    select
        posting_id,
        first_value(posting_id) over (
            partition by job_name, place, episode
            order by posted_at desc, source, posting_id
        ) as duplicate_of
    from episodes

)

select * from counted
where posting_id <> duplicate_of
