-- depends_on: {{ ref('dim_technologies') }}
{{ config(materialized='view') }}

with skills as (

    select * from {{ ref('posting_skills') }}

),

jobs as (

    select posting_id from {{ ref('int_postings__jobs') }}

)

select skills.*
from skills
semi join jobs on skills.posting_id = jobs.posting_id
