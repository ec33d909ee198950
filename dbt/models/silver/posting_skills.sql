{{ config(materialized='view') }}

with postings as (

    select
        posting_id,
        unnest(skills) as skill
    from {{ ref('postings') }}

)

select
    posting_id,
    skill.skill,
    skill.count
from postings
