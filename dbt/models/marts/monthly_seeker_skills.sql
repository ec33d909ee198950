with months as (

    select * from {{ ref('monthly_seekers') }}

),

named as (

    select distinct
        thread_id,
        text_digest,
        unnest(skills) as technology_id
    from {{ ref('seekers') }}
    where side = 'seeker'

),

counted as (

    select
        thread_id,
        technology_id,
        count(*) as seekers_count
    from named
    group by all

)

select
    -- ids
    months.kind,
    counted.technology_id,

    -- numerics
    counted.seekers_count,
    months.seekers_count as total_seekers,
    counted.seekers_count / months.seekers_count as share,
    -- Where the month's "Who is hiring?" is complete, as jobs_count of monthly_seekers.
    if(months.postings_count is null, null, trends.mention_count) as postings_count,

    -- timestamps
    months.month

from counted
inner join months on counted.thread_id::varchar = months.thread_id
left join {{ ref('monthly_trends') }} as trends
    on
        months.month = trends.month
        and counted.technology_id = trends.technology_id
