with items as (

    select *
    from {{ ref('stg_hn__seekers') }}
    qualify row_number() over (partition by item_id order by ingested_at desc) = 1

),

-- The fetching task chooses a thread in the same order; the loads name the chosen one.
threads as (

    select
        kind,
        month,
        item_id as thread_id,
        kids
    from items
    where item_type = 'story'
    qualify row_number() over (
        partition by kind, month
        order by is_gone, len(kids) desc, item_id desc
    ) = 1

),

-- A load that began after the month's end has seen all that was to come.
closed as (

    select partition
    from {{ ref('stg_loads') }}
    where source = 'hacker_news_seekers'
    group by partition
    having
        max(started_at)
        >= timezone('UTC', strptime(right(partition, 7), '%Y-%m') + interval 1 month)

),

listed as (

    select
        thread_id,
        unnest(kids) as item_id
    from threads

),

-- A comment in quarantine is missing, until it is replayed or dismissed.
dismissed as (

    select try_cast(record_key as bigint) as item_id
    from {{ ref('stg_rejects') }}
    where source = 'hacker_news_seekers' and state = 'dismissed'

),

missing as (

    select listed.thread_id
    from listed
    anti join items on listed.item_id = items.item_id
    anti join dismissed on listed.item_id = dismissed.item_id

),

counted as (

    select
        thread_id,
        -- Who posts the same words twice in a thread is one seeker.
        count(distinct text_digest) filter (side = 'seeker') as seekers_count,
        count(distinct text_digest) filter (side = 'offer') as offers_count
    from {{ ref('seekers') }}
    group by thread_id

)

select
    threads.kind,
    threads.month,
    threads.thread_id,
    len(threads.kids) as comments_count,
    coalesce(counted.seekers_count, 0) as seekers_count,
    coalesce(counted.offers_count, 0) as offers_count,
    closed.partition is not null
    and threads.thread_id not in (select missing.thread_id from missing) as is_whole
from threads
left join closed
    on threads.kind || '-' || strftime(threads.month, '%Y-%m') = closed.partition
left join counted on threads.thread_id = counted.thread_id
