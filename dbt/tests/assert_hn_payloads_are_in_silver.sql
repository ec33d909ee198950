-- Bronze and silver have the same items: none is lost and none is invented.
with raw as (

    select item_id from {{ source('bronze', 'raw_hn_items') }}

),

silver as (

    select item_id from {{ ref('hn_items') }}

)

select raw.item_id
from raw
anti join silver on raw.item_id = silver.item_id

union all

select silver.item_id
from silver
anti join raw on silver.item_id = raw.item_id
