{{ config(materialized='incremental', incremental_strategy='changed_months') }}

with months as (

    select * from {{ ref('hn_months') }}

),

changed as (

    select months.*
    from months
    {{ only_changed_months('months') }}

),

-- A changed month also changes the growth of the month after it and of the same month a
-- year later.
months_to_count as (

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

-- Growth needs the shares of the months that these are compared with.
comparison_months as (

    select months.*
    from months
    semi join months_to_count
        on
            months.month in (
                months_to_count.month,
                months_to_count.month - interval 1 month,
                months_to_count.month - interval 12 month
            )

),

job_skills as (

    select
        month,
        unnest(skills).skill as technology_id
    from {{ ref('int_postings__jobs') }}
    where
        source = 'hacker_news'
        and month in (select comparison_months.month from comparison_months)

),

mentions as (

    select
        month,
        technology_id,
        count(*) as mention_count
    from job_skills
    group by all

),

-- A month without postings has no share; one whose postings name no such technology has a
-- share of 0. The cross join makes the table dense: one row a month and technology.
shares as (

    select
        months.month,
        months.total_jobs,
        months.is_complete,
        months.jobs_fingerprint,
        technologies.technology_id,
        coalesce(mentions.mention_count, 0) as mention_count,
        if(
            months.total_jobs = 0,
            null,
            coalesce(mentions.mention_count, 0) / months.total_jobs
        )::double as share
    from comparison_months as months
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
    shares.share,
    -- A running month is compared with nothing: its share still moves.
    if(
        shares.is_complete and month_before.is_complete,
        100 * (shares.share / nullif(month_before.share, 0) - 1),
        null
    ) as mom_growth_pct,
    if(
        shares.is_complete and year_before.is_complete,
        100 * (shares.share / nullif(year_before.share, 0) - 1),
        null
    ) as yoy_growth_pct,

    -- booleans
    shares.is_complete,

    -- timestamps
    shares.month,

    -- lineage
    shares.jobs_fingerprint

from shares
semi join months_to_count on shares.month = months_to_count.month
left join shares as month_before
    on
        shares.technology_id = month_before.technology_id
        and shares.month = month_before.month + interval 1 month
left join shares as year_before
    on
        shares.technology_id = year_before.technology_id
        and shares.month = year_before.month + interval 12 month
