{{ config(materialized='view') }}

with jobs as (

    select * from {{ ref('int_postings__jobs') }}

),

duplicates as (

    select * from {{ ref('posting_duplicates') }}

),

companies as (

    select * from {{ ref('posting_companies') }}

),

-- A board's structured fields win over what the classifier read in the text. Salaries go
-- by currency: its min, max and period belong together and are never mixed.
stated as (

    select * from {{ ref('board_postings') }}

)

select
    -- ids
    jobs.posting_id,
    duplicates.duplicate_of,
    companies.company_key,

    -- text
    jobs.source,
    jobs.url,
    jobs.canonical_url,
    jobs.title,
    jobs.company,
    coalesce(
        jobs.location, nullif(array_to_string(jobs.locations, '; '), '')
    ) as location,
    if(len(stated.locations) > 0, stated.locations, jobs.locations) as locations,
    -- A company's board that lists places lists all of them: no country is in doubt.
    if(
        stated.board is not null and len(stated.locations) > 0,
        stated.country, coalesce(stated.country, jobs.country)
    ) as country,
    if(len(stated.countries) > 0, stated.countries, jobs.countries) as countries,
    coalesce(stated.remote, jobs.remote) as remote,
    jobs.role_bucket,
    if(
        jobs.level_bucket = 'any',
        coalesce(stated.level_bucket, 'any'),
        jobs.level_bucket
    ) as level_bucket,
    jobs.roles,
    jobs.levels,
    coalesce(stated.salary_currency, jobs.salary_currency) as salary_currency,
    if(
        stated.salary_currency is null, jobs.salary_period, stated.salary_period
    ) as salary_period,
    jobs.visa,
    jobs.description_raw,
    jobs.raw_json::json as raw_json,
    jobs.payload_hash,
    jobs.reading_version,
    jobs.classifier_version,

    -- numerics
    if(
        stated.salary_currency is null, jobs.salary_min, stated.salary_min
    ) as salary_min,
    if(
        stated.salary_currency is null, jobs.salary_max, stated.salary_max
    ) as salary_max,

    -- timestamps
    jobs.month,
    jobs.date_posted,
    jobs.retrieved_at

from jobs
left join duplicates on jobs.posting_id = duplicates.posting_id
left join companies on jobs.posting_id = companies.posting_id
left join stated on jobs.posting_id = stated.posting_id
