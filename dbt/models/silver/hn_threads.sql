-- depends_on: {{ ref('expected_hn_postings') }}

with items as (

    select * from {{ ref('hn_items') }}

),

-- The fetching task chooses a month's thread by the same order: threads that are
-- alive first (false sorts before true), then the most comments. The newer id breaks
-- a tie, because a repost replaces a false start.
ranked as (

    select
        *,
        row_number() over (
            partition by month
            order by is_dead or is_deleted, kids_count desc, item_id desc
        ) as place
    from items
    where item_type = 'story'

),

months as (

    select
        month,
        max(item_id) filter (place = 1) as thread_id,
        max(title) filter (place = 1) as title,
        max(author) filter (place = 1) as author,
        max(posted_at) filter (place = 1) as posted_at,
        max(kids_count) filter (place = 1) as comments_count,
        if(bool_or(place = 1 and (is_dead or is_deleted)), 'dead', 'alive') as state,
        -- Sorted, so that two builds give the same list.
        coalesce(
            list(item_id order by item_id) filter (place > 1), []::bigint[]
        ) as superseded_ids
    from ranked
    group by month

),

alive as (

    select
        items.parent_id as thread_id,
        count(*) as postings_count
    from items
    semi join months on items.parent_id = months.thread_id
    where not items.is_dead and not items.is_deleted
    group by items.parent_id

)

select
    months.*,
    coalesce(alive.postings_count, 0) as postings_count
from months
left join alive on months.thread_id = alive.thread_id
