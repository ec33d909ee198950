-- What postings of one job have in common: company, title and place.

with postings as (

    select * from {{ ref('int_postings__jobs') }}

),

stated as (

    select * from {{ ref('board_postings') }}

)

select
    postings.posting_id,
    postings.source,
    stated.board,
    null::varchar as company_key,
    postings.job_name as job_key,
    stated.job_place,
    coalesce(stated.job_place, 'in ' || stated.country, 'anywhere') as place_key,
    stated.country,
    postings.date_posted,
    coalesce(postings.date_posted, postings.month::timestamptz) as posted_at
from postings
left join stated on postings.posting_id = stated.posting_id
