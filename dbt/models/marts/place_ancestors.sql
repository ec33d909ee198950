{{ config(materialized='view') }}

with places as (

    select * from {{ ref('places') }}

)

select
    place_id,
    unnest(ancestors) as ancestor_id
from places
