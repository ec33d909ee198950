{{ config(materialized='view') }}

select
    skills.posting_id,
    skills.skill,
    skills.count
from {{ ref('posting_skills') }} as skills
inner join {{ ref('fct_postings') }} as postings
    on skills.posting_id = postings.posting_id
