-- depends_on: {{ ref('dim_technologies') }}
{{ config(materialized='view') }}

with jobs as (

    select
        posting_id,
        unnest(skills) as skill
    from {{ ref('int_postings__jobs') }}

)

select
    posting_id,
    skill.skill,
    skill.count
from jobs
