with stories as (

    select * from {{ ref('hn_items') }}
    where item_type = 'story'

),

-- the same choice as when the month was read: alive, then most comments
ranked as (

    select
        *,
        row_number() over (
            partition by month
            order by is_dead or is_deleted, kids_count desc, item_id desc
        ) as place
    from stories

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
        coalesce(
            list(item_id order by item_id) filter (place > 1), []::bigint []
        ) as superseded_ids
    from ranked
    group by month

)

select * from months
