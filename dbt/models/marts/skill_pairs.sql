with jobs as (

    select * from {{ ref('int_postings__jobs') }}
    -- a date that is yet to come moves no window
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

-- each job once, however many boards show it
recent as (

    select
        jobs.posting_id,
        jobs.skills
    from jobs
    semi join recent_months on jobs.month = recent_months.month
    anti join {{ ref('posting_duplicates') }} as duplicates
        on jobs.posting_id = duplicates.posting_id

),

named as (

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
    from named
    group by skill

),

pairs as (

    select
        one.skill as skill_a,
        other.skill as skill_b,
        count(*) as postings_count
    from named as one
    inner join named as other
        on one.posting_id = other.posting_id and one.skill < other.skill
    group by all
    having count(*) >= {{ var('pair_least_postings') }}

)

select
    -- ids
    pairs.skill_a,
    pairs.skill_b,

    -- numerics
    pairs.postings_count,
    pairs.postings_count / totals.total_jobs as pct_share,
    -- both together, against both by chance
    pairs.postings_count * totals.total_jobs
    / (a.postings_count * b.postings_count) as lift

from pairs
inner join singles as a on pairs.skill_a = a.skill
inner join singles as b on pairs.skill_b = b.skill
cross join totals
