{{ config(materialized='view') }}

with places as (

    select * from {{ ref('places') }}

)

select
    -- ids
    place_id,

    -- text
    name,
    kind,
    country,

    -- numerics
    population

from places
