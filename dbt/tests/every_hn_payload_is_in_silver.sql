-- no item is lost on the way, and none is made up
select item_id
from {{ source('bronze', 'raw_hn_items') }}
where item_id not in (select item_id from {{ ref('hn_items') }})

union all

select item_id
from {{ ref('hn_items') }}
where item_id not in (select item_id from {{ source('bronze', 'raw_hn_items') }})
