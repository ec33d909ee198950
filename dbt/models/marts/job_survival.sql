-- The Kaplan-Meier estimate of how long jobs stay open. Open jobs are censored at their last
-- sighting; jobs found at a board's first reading enter late (left truncation).
-- https://www.math.wustl.edu/~sawyer/handouts/greenwood.pdf has Greenwood's variance.

with groups as (

    select *
    from {{ ref('int_job_spans__groups') }}
    where is_counted

),

moves as (

    select
        dimension,
        value,
        entry_days as days,
        1 as entered,
        0 as closed
    from groups

    union all

    select
        dimension,
        value,
        exit_days as days,
        -1 as entered,
        is_closed::integer as closed
    from groups

),

steps as (

    select
        dimension,
        value,
        days,
        sum(entered) as entered,
        sum(closed)::bigint as closed
    from moves
    group by all

),

-- At risk on a day are those that have entered before it and have not left before it.
risks as (

    select
        *,
        coalesce(sum(entered) over earlier, 0)::bigint as at_risk
    from steps
    window
        earlier as (
            partition by dimension, value order by days
            rows between unbounded preceding and 1 preceding
        )

),

curves as (

    select
        *,
        bool_and(closed = 0 or at_risk >= {{ var('survival_min_jobs') }})
            over so_far as is_sound,
        product(if(closed = 0, 1, 1 - closed / at_risk)) over so_far as survival,
        sqrt(
            sum(
                if(closed in (0, at_risk), 0, closed / (at_risk * (at_risk - closed)))
            ) over so_far
        ) as greenwood
    from risks
    window so_far as (partition by dimension, value order by days)

),

-- The interval of log(-log(survival)) stays within 0 and 1.
bounded as (

    select
        *,
        case
            when survival > 0 and survival < 1
                then exp(1.959964 * greenwood / abs(ln(survival)))
        end as spread
    from curves

)

select
    -- text
    dimension,
    value,

    -- numerics
    days,
    at_risk,
    closed,
    survival,
    pow(survival, spread) as survival_lower,
    pow(survival, 1 / spread) as survival_upper

from bounded
-- Early, few jobs may have entered; late, few are left. A curve that has gone through such
-- days says nothing.
where is_sound and at_risk >= {{ var('survival_min_jobs') }}
