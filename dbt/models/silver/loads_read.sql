-- A table, built before hn_items and board_postings read bronze. A load that commits
-- while dbt runs may be read in part or not at all, so it must not count as read.
with loads as (

    select * from {{ ref('stg_loads') }}

)

select * from loads
