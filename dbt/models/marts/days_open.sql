-- How long jobs stay open: the medians and shares of the curves of job_survival.

with counts as (

    select
        dimension,
        value,
        count(*) filter (is_counted) as jobs_count,
        count(*) filter (is_counted and is_closed) as closed_count,
        count(*) filter (is_counted and entered_late) as late_count,
        count(*) filter (not is_counted) as left_out_count
    from {{ ref('int_job_spans__groups') }}
    group by all

),

-- No quantile where the curve does not come down to it; the product is rounded, since a
-- half may come out of it as 0.5000000000000001.
medians as (

    select
        dimension,
        value,
        min(days) filter (round(survival, 9) <= 0.75) as p25_days,
        min(days) filter (round(survival, 9) <= 0.5) as median_days,
        min(days) filter (round(survival, 9) <= 0.25) as p75_days,
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
    medians.p25_days,
    medians.median_days,
    medians.p75_days,
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
