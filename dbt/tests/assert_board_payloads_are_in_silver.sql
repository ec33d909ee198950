-- Bronze and silver have the same board postings: none is lost and none is invented.
with raw as (

    select distinct posting_id from {{ source('bronze', 'raw_job_postings') }}

),

silver as (

    select posting_id from {{ ref('board_postings') }}

)

select coalesce(raw.posting_id, silver.posting_id) as posting_id
from raw
full join silver on raw.posting_id = silver.posting_id
where raw.posting_id is null or silver.posting_id is null
