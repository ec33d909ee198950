-- no item is lost on the way, and none is made up
with raw as (

    select distinct item_id from {{ source('bronze', 'raw_hn_items') }}

),

silver as (

    select item_id from {{ ref('hn_items') }}

)

select coalesce(raw.item_id, silver.item_id) as item_id
from raw
full join silver on raw.item_id = silver.item_id
where raw.item_id is null or silver.item_id is null
