{{ config(materialized='incremental', incremental_strategy='changed_months') }}

with months as (

    select * from {{ ref('hn_months') }}

),

changed as (

    select months.*
    from months
    {{ whose_jobs_changed('months') }}

),

-- what is compared with a changed month changes with it: the month and the year after
to_count as (

    select months.*
    from months
    semi join changed
        on
            changed.month in (
                months.month,
                months.month - interval 1 month,
                months.month - interval 12 month
            )

),

-- and what these are compared with has to be known
to_look_at as (

    select months.*
    from months
    semi join to_count
        on
            months.month in (
                to_count.month,
                to_count.month - interval 1 month,
                to_count.month - interval 12 month
            )

),

named as (

    select
        month,
        unnest(skills).skill as technology_id
    from {{ ref('int_postings__jobs') }}
    where
        source = 'hacker_news'
        and month in (select to_look_at.month from to_look_at)

),

mentions as (

    select
        month,
        technology_id,
        count(*) as mention_count
    from named
    group by all

),

-- a month without postings has no share; one with postings that name nothing has a share of 0
shares as (

    select
        months.month,
        months.total_jobs,
        months.is_whole,
        months.jobs_fingerprint,
        technologies.technology_id,
        coalesce(mentions.mention_count, 0) as mention_count,
        if(
            months.total_jobs = 0,
            null,
            coalesce(mentions.mention_count, 0) / months.total_jobs
        )::double as pct_share
    from to_look_at as months
    cross join {{ ref('dim_technologies') }} as technologies
    left join mentions
        on
            months.month = mentions.month
            and technologies.technology_id = mentions.technology_id

)

select
    -- ids
    shares.technology_id,

    -- numerics
    shares.mention_count,
    shares.total_jobs,
    shares.pct_share,
    -- part of a month compares with nothing, and nothing with it
    if(
        shares.is_whole and month_before.is_whole,
        100 * (shares.pct_share / nullif(month_before.pct_share, 0) - 1),
        null
    ) as mom_growth_pct,
    if(
        shares.is_whole and year_before.is_whole,
        100 * (shares.pct_share / nullif(year_before.pct_share, 0) - 1),
        null
    ) as yoy_growth_pct,

    -- booleans
    shares.is_whole,

    -- timestamps
    shares.month,

    -- made of
    shares.jobs_fingerprint

from shares
semi join to_count on shares.month = to_count.month
left join shares as month_before
    on
        shares.technology_id = month_before.technology_id
        and shares.month = month_before.month + interval 1 month
left join shares as year_before
    on
        shares.technology_id = year_before.technology_id
        and shares.month = year_before.month + interval 12 month
