{{ config(group='postings') }}

-- A load commits its ledger row and its payloads in one transaction: the ledger's count is
-- the number of payload rows, and neither side has a load that the other lacks.
with brought as (

    select load_id
    from {{ source('bronze', 'raw_hn_items') }}

    union all

    select load_id
    from {{ source('bronze', 'raw_job_postings') }}

    union all

    select load_id
    from {{ source('bronze', 'raw_hn_seekers') }}

),

counted as (

    select
        load_id,
        count(*) as payloads
    from brought
    group by load_id

)

select
    coalesce(counted.load_id, loads.load_id) as load_id,
    loads.inserted,
    counted.payloads
from {{ ref('stg_loads') }} as loads
full join counted on loads.load_id = counted.load_id
where coalesce(counted.payloads, 0) is distinct from loads.inserted
