{{ config(materialized='view') }}

-- A board's stated places win over what the classifier read in the text, all of them.
with stated as (

    select
        posting_id,
        places
    from {{ ref('board_postings') }}
    where len(places) > 0

),

postings as (

    select
        postings.posting_id,
        unnest(coalesce(stated.places, postings.places)) as place
    from {{ ref('postings') }} as postings
    left join stated on postings.posting_id = stated.posting_id

)

select
    posting_id,
    place.place_id,
    place.relation
from postings
