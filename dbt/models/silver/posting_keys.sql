-- What postings of one job have in common: company, title and place.
{{ config(materialized='view') }}

with postings as (

    select * from {{ ref('int_postings__jobs') }}

),

stated as (

    select * from {{ ref('board_postings') }}

),

companies as (

    select
        posting_id,
        company_key
    from {{ ref('posting_companies') }}

),

-- Companies that have a board on an applicant tracking system: of all others a job is
-- known by its company's name, as ever.
with_board as (

    select distinct companies.company_key
    from companies
    inner join stated on companies.posting_id = stated.posting_id
    where stated.board is not null

)

select
    postings.posting_id,
    postings.source,
    stated.board,
    companies.company_key,
    -- A comment's name is the digest of its text, which needs no company.
    if(
        with_board.company_key is null or postings.source = 'hacker_news',
        postings.job_name,
        companies.company_key || '|' || split_part(postings.job_name, '|', 2)
    ) as job_key,
    stated.job_place,
    stated.country,
    coalesce(stated.job_place, 'in ' || stated.country, 'anywhere') as place_key,
    postings.date_posted,
    coalesce(postings.date_posted, postings.month::timestamptz) as posted_at
from postings
left join stated on postings.posting_id = stated.posting_id
left join companies on postings.posting_id = companies.posting_id
left join with_board on companies.company_key = with_board.company_key
