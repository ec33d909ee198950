-- The same job seen twice: on two boards, or posted again (docs/data-model.md has the rule).

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

-- a country is the city that another board names, if there is only one in it that it can be: one
-- that its own board does not list beside it
cities as (

    select
        job_name,
        job_place,
        any_value(country) as country,
        list(distinct source) as sources
    from named
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
        from named
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
        named.*,
        coalesce(named.job_place, only_city.place, 'in ' || named.country) as place
    from named
    left join only_city
        on
            named.job_place is null
            and named.job_name = only_city.job_name
            and named.source = only_city.source
            and named.country = only_city.country

),

-- so is one that names no place at all
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

-- another place is another job: on one board, which lists a job once a place, and on two
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
