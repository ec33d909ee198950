with jobs as (

    select * from {{ ref('int_postings__jobs') }}
    -- A posting dated in the future must not move the window.
    where month <= retrieved_at

),

newest as (

    select max(month) as month
    from jobs

),

recent_months as (

    select distinct jobs.month
    from jobs
    inner join newest
        on jobs.month > newest.month - interval {{ var('pair_months') }} month

),

-- Each job once, however many boards show it.
recent as (

    select
        jobs.posting_id,
        jobs.skills
    from jobs
    semi join recent_months on jobs.month = recent_months.month
    anti join {{ ref('posting_duplicates') }} as duplicates
        on jobs.posting_id = duplicates.posting_id

),

job_skills as (

    select
        posting_id,
        unnest(skills).skill as skill
    from recent

),

totals as (

    select count(*) as total_jobs
    from recent

),

singles as (

    select
        skill,
        count(*) as postings_count
    from job_skills
    group by skill

),

pairs as (

    select
        one.skill as skill_a,
        other.skill as skill_b,
        count(*) as postings_count
    from job_skills as one
    inner join job_skills as other
        -- `<` gives each pair once, its skills in alphabetical order.
        on one.posting_id = other.posting_id and one.skill < other.skill
    group by all
    -- Below, a lift is chance.
    having count(*) >= {{ var('pair_min_postings') }}

)

select
    -- ids
    pairs.skill_a,
    pairs.skill_b,

    -- numerics
    pairs.postings_count,
    pairs.postings_count / totals.total_jobs as share,
    -- Observed share of the pair over the share expected of two independent skills.
    pairs.postings_count * totals.total_jobs
    / (a.postings_count * b.postings_count) as lift

from pairs
inner join singles as a on pairs.skill_a = a.skill
inner join singles as b on pairs.skill_b = b.skill
cross join totals
