-- Every direct child that a thread lists is in silver, or in quarantine under its id.
with kids as (

    select
        items.item_id as thread_id,
        unnest(items.kids) as kid_id
    from {{ ref('hn_items') }} as items
    inner join {{ ref('hn_threads') }} as threads
        on items.item_id = threads.thread_id

),

known as (

    select item_id
    from {{ ref('hn_items') }}

    union all

    select try_cast(record_key as bigint) as item_id
    from {{ source('bronze', 'rejects') }}
    where source = 'hacker_news'

)

select kids.*
from kids
anti join known on kids.kid_id = known.item_id
