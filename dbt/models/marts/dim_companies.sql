with postings as (

    select
        fct_postings.company_key,
        fct_postings.company as name,
        fct_postings.source,
        fct_postings.month,
        companies.domains,
        companies.boards
    from {{ ref('fct_postings') }} as fct_postings
    inner join {{ ref('posting_companies') }} as companies
        on fct_postings.posting_id = companies.posting_id

),

spellings as (

    select
        company_key,
        name,
        count(*) as postings_count
    from postings
    group by all

),

-- The spelling of most postings is shown; of equally frequent ones the first.
names as (

    select
        company_key,
        list(name order by postings_count desc, name) as names
    from spellings
    group by company_key

),

companies as (

    select
        company_key,
        min(month) as first_month,
        max(month) as last_month,
        count(*) as postings_count,
        list_sort(list(distinct source)) as sources,
        list_sort(list_distinct(flatten(list(domains)))) as domains,
        list_sort(list_distinct(flatten(list(boards)))) as boards
    from postings
    group by company_key

)

select
    -- ids
    companies.company_key,

    -- text
    names.names[1] as name,
    names.names,
    companies.domains,
    companies.boards,
    companies.sources,

    -- numerics
    companies.postings_count,

    -- timestamps
    companies.first_month,
    companies.last_month

from companies
inner join names on companies.company_key = names.company_key
