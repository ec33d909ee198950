with jobs as (

    select
        posting_id,
        month
    from {{ ref('fct_postings') }}
    -- each job once, however many boards show it; a date that is yet to come moves no window
    where duplicate_of is null and month <= retrieved_at

),

recent as (

    select posting_id
    from jobs
    where
        month > (
            select max(all_jobs.month) - interval {{ var('pair_months') }} month
            from jobs as all_jobs
        )

),

named as (

    select
        skills.posting_id,
        skills.skill
    from {{ ref('fct_posting_skills') }} as skills
    semi join recent on skills.posting_id = recent.posting_id

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
