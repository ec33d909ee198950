with joined as (

    select
        fct_postings.company_key,
        fct_postings.company as name,
        companies.matched_by,
        fct_postings.source,
        fct_postings.month,
        companies.domains,
        companies.boards
    from {{ ref('fct_postings') }} as fct_postings
    inner join {{ ref('posting_companies') }} as companies
        on fct_postings.posting_id = companies.posting_id

)

select
    -- ids
    company_key,

    -- text
    name,
    matched_by,
    source,
    list_sort(list_distinct(flatten(list(domains)))) as domains,
    list_sort(list_distinct(flatten(list(boards)))) as boards,

    -- numerics
    count(*) as postings_count,

    -- timestamps
    min(month) as first_month,
    max(month) as last_month

from joined
group by company_key, name, matched_by, source
