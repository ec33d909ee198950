-- How long jobs stay open: the medians and shares of the curves of job_survival.

with jobs as (

    select
        posting_id,
        family,
        roles
    from {{ ref('fct_jobs') }}
    where position = 1

),

durations as (

    select
        durations.*,
        jobs.family,
        jobs.roles,
        coalesce(durations.exit_days > durations.entry_days, false) as counts
    from {{ ref('int_job_spans__durations') }} as durations
    inner join jobs on durations.posting_id = jobs.posting_id

),

groups as (

    select
        *,
        'all' as dimension,
        'all' as value
    from durations

    union all

    select
        *,
        'family' as dimension,
        family as value
    from durations

    union all

    select
        *,
        'role' as dimension,
        unnest(roles) as value
    from durations

),

counts as (

    select
        dimension,
        value,
        count(*) filter (counts) as jobs_count,
        count(*) filter (counts and is_closed) as closed_count,
        count(*) filter (counts and entered_late) as late_count,
        count(*) filter (not counts) as left_out_count
    from groups
    group by all

),

-- No median where the curve does not reach one half; the product is rounded, since a
-- half may come out of it as 0.5000000000000001.
medians as (

    select
        dimension,
        value,
        min(days) filter (round(survival, 9) <= 0.5) as median_days,
        min(days) filter (survival_lower <= 0.5) as median_lower,
        min(days) filter (survival_upper <= 0.5) as median_upper,
        max(days) as followed_days
    from {{ ref('job_survival') }}
    group by all

),

-- A share after 90 days only where jobs were followed for as long.
shares as (

    select
        curves.dimension,
        curves.value,
        max_by(curves.survival, curves.days) as open_after_90_days,
        max_by({ 'bound': curves.survival_lower }, curves.days).bound as lower_bound,
        max_by({ 'bound': curves.survival_upper }, curves.days).bound as upper_bound
    from {{ ref('job_survival') }} as curves
    inner join medians
        on
            curves.dimension = medians.dimension
            and curves.value = medians.value
            and medians.followed_days >= 90
    where curves.days <= 90
    group by all

)

select
    -- text
    counts.dimension,
    counts.value,

    -- numerics
    counts.jobs_count,
    counts.closed_count,
    counts.late_count,
    counts.left_out_count,
    medians.followed_days,
    medians.median_days,
    medians.median_lower,
    medians.median_upper,
    shares.open_after_90_days,
    shares.lower_bound as open_after_90_days_lower,
    shares.upper_bound as open_after_90_days_upper

from counts
left join medians
    on counts.dimension = medians.dimension and counts.value = medians.value
left join shares
    on counts.dimension = shares.dimension and counts.value = shares.value
