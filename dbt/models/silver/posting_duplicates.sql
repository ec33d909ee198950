-- Postings of one job: on two boards, or posted again. docs/data-model.md has the rule.

with jobs as (

    select
        posting_id,
        source,
        job_key as job_name,
        job_place,
        country,
        posted_at
    from {{ ref('posting_keys') }}
    where job_key is not null

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

),

-- Step 4: a Hacker News post that links to a company's board offers what the board shows.
-- The board's job counts, since its fields are stated and it shows when it closes.
posts as (

    select
        postings.posting_id,
        unnest(postings.boards) as board,
        lower(postings.description_raw) as description,
        keys.posted_at
    from {{ ref('int_postings__jobs') }} as postings
    inner join {{ ref('posting_keys') }} as keys
        on postings.posting_id = keys.posting_id
    where postings.source = 'hacker_news' and len(postings.boards) > 0

),

lives as (

    select
        unnest(posting_ids) as posting_id,
        opened_at,
        last_seen_at
    from {{ ref('job_spans') }}

),

board_jobs as (

    select
        stated.posting_id,
        stated.source || ':' || lower(stated.board) as board,
        -- What names the job in a link: its id, or the end of its page's address.
        lower(stated.source_key) as own_id,
        lower(regexp_extract(stated.url, '([^/?#]+)/?(?:[?#].*)?$', 1)) as page,
        min(least(keys.date_posted, lives.opened_at)) as opened_at,
        max(lives.last_seen_at) as last_seen_at
    from {{ ref('board_postings') }} as stated
    inner join {{ ref('posting_keys') }} as keys
        on stated.posting_id = keys.posting_id
    inner join lives on stated.posting_id = lives.posting_id
    where stated.board is not null
    group by all

),

-- A page that several jobs of a board share ("careers?gh_jid=7") names none of them.
named_jobs as (

    select
        *,
        if(
            count(*) over (partition by board, page) = 1 and len(page) > 5, page, own_id
        ) as own_page
    from board_jobs

),

offers as (

    select
        posts.posting_id,
        named_jobs.posting_id as job_id,
        named_jobs.opened_at,
        len(named_jobs.own_id) > 3
        and (
            contains(posts.description, named_jobs.own_id)
            or contains(posts.description, named_jobs.own_page)
        ) as is_named
    from posts
    inner join named_jobs
        on
            posts.board = named_jobs.board
            and posts.posted_at between named_jobs.opened_at - interval 60 day
            and named_jobs.last_seen_at + interval 60 day

),

offering as (

    select posting_id from offers
    union
    select job_id from offers

),

-- "Front-end Engineers" and "Frontend Engineer" are words alike.
job_words as (

    select
        posting_id,
        family,
        list_distinct(
            list_transform(
                regexp_extract_all(
                    regexp_replace(
                        lower(title),
                        '\b(front|back|full)[ -](end|stack)', '\1\2', 'g'
                    ),
                    '[\w+#.]*[\w+#]'
                ),
                word -> if(len(word) > 3, rtrim(word, 's'), word)
            )
        ) as words
    from {{ ref('jobs') }}
    -- Few posts link to a board that is read, and words are dear to find.
    where posting_id in (select offering.posting_id from offering)

),

alike as (

    select
        offers.*,
        list_intersect(offered.words, shown.words) as shared_words,
        -- Nearly every title of a board has one of these: any other word says more.
        list_filter(
            shared_words,
            word -> word not in (
                'software', 'engineer', 'developer', 'manager',
                'senior', 'sr', 'lead', 'staff'
            )
        ) as telling_words,
        (len(shared_words) + 2 * len(telling_words))
        / greatest(len(offered.words), len(shown.words), 1) as words_share,
        min(offers.job_id) over of_family = max(offers.job_id) over of_family
            as is_only_one
    from offers
    inner join job_words as offered on offers.posting_id = offered.posting_id
    inner join job_words as shown on offers.job_id = shown.posting_id
    where offers.is_named or offered.family = shown.family
    window of_family as (partition by offers.posting_id, shown.family)

),

-- The job that the post links to, else the one of the same kind of work whose title has
-- most words of one of the post's titles; of equal ones the newest. A title without one of
-- their words may be any of them, unless there is but one.
linked as (

    select
        posting_id,
        max_by(
            job_id,
            {
                'is_named': is_named,
                'words_share': words_share,
                'opened_at': opened_at,
                'job_id': job_id
            }
        ) as job_id
    from alike
    where is_named or words_share > 0 or is_only_one
    group by posting_id

),

-- Unique names are in no episode.
of_episodes as (

    select
        jobs.posting_id,
        coalesce(counted.duplicate_of, jobs.posting_id) as duplicate_of
    from jobs
    left join counted on jobs.posting_id = counted.posting_id

),

-- A post of which a later one repeats the text goes with that one, and a board's job that
-- another posting repeats goes with that posting: so no duplicate refers to a duplicate.
resolved as (

    select
        of_episodes.posting_id,
        coalesce(of_job.duplicate_of, linked.job_id, of_episodes.duplicate_of)
            as duplicate_of
    from of_episodes
    left join linked on of_episodes.duplicate_of = linked.posting_id
    left join of_episodes as of_job on linked.job_id = of_job.posting_id

)

select * from resolved
where posting_id <> duplicate_of
