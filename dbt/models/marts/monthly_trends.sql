with threads as (

    select * from {{ ref('hn_threads') }}

),

-- dense from the first thread to the newest month loaded
months as (

    select unnest(range(
        '{{ var("first_month") }}'::date,
        (select max(month) from threads) + interval 1 month,
        interval 1 month
    ))::date as month

),

jobs as (

    select
        posting_id,
        month
    from {{ ref('fct_postings') }}
    where source = 'hacker_news'

),

totals as (

    select
        month,
        count(*) as total_jobs
    from jobs
    group by month

),

mentions as (

    select
        jobs.month,
        skills.skill as technology_id,
        count(*) as mention_count
    from {{ ref('posting_skills') }} as skills
    inner join jobs on skills.posting_id = jobs.posting_id
    group by all

),

counted as (

    select
        months.month,
        technologies.technology_id,
        coalesce(mentions.mention_count, 0) as mention_count,
        coalesce(totals.total_jobs, 0) as total_jobs,
        mentions.mention_count / totals.total_jobs as named_share
    from months
    cross join {{ ref('dim_technologies') }} as technologies
    left join totals on months.month = totals.month
    left join mentions
        on
            months.month = mentions.month
            and technologies.technology_id = mentions.technology_id

),

-- a month without postings has no share; one with postings that name nothing has a share of 0
shares as (

    select
        * exclude (named_share),
        if(total_jobs = 0, null, coalesce(named_share, 0))::double as pct_share
    from counted

),

compared as (

    select
        *,
        lag(pct_share) over by_month as share_a_month_before,
        lag(pct_share, 12) over by_month as share_a_year_before
    from shares
    window by_month as (partition by technology_id order by month)

)

select
    -- ids
    technology_id,

    -- numerics
    mention_count,
    total_jobs,
    pct_share,
    100 * (pct_share / nullif(share_a_month_before, 0) - 1) as mom_growth_pct,
    100 * (pct_share / nullif(share_a_year_before, 0) - 1) as yoy_growth_pct,

    -- timestamps
    month

from compared
