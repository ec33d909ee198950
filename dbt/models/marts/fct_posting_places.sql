-- depends_on: {{ ref('dim_places') }}
{{ config(materialized='view') }}

with places as (

    select * from {{ ref('posting_places') }}

),

jobs as (

    select posting_id from {{ ref('int_postings__jobs') }}

)

select places.*
from places
semi join jobs on places.posting_id = jobs.posting_id
