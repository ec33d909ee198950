-- How many days each job was open, as the survival estimate wants it: entry, exit, event.

with spans as (

    select
        *,
        lag(closed_at) over (partition by job_id order by span) as earlier_closed_at
    from {{ ref('job_spans') }}

),

-- A job that comes again within 60 days was not filled: it goes on.
periods as (

    select
        *,
        count(*) filter (
            not coalesce(opened_at <= earlier_closed_at + interval 60 day, false)
        ) over (partition by job_id order by span) as period
    from spans

),

jobs as (

    select
        job_id,
        period,
        max_by(posting_id, span) as posting_id,
        min(opened_at) as opened_at,
        max(last_seen_at) as last_seen_at,
        not max_by(is_open, span) as is_closed,
        max(closed_at) as closed_at,
        min_by(entered_late, span) as entered_late,
        -- null where its first span has no date: min_by would take a later one's
        min_by({ 'date_posted': date_posted }, span).date_posted as date_posted
    from periods
    group by all

),

-- A job that the board's first reading shows is older than that: its own date says since
-- when it has been open, and it is observed from the reading on.
started as (

    select
        *,
        case
            when not entered_late then opened_at
            when date_posted <= opened_at then date_posted
        end as started_at
    from jobs

),

-- Readings are daily: ages are whole days, and a job that closes was open for one at least.
aged as (

    select
        * exclude (opened_at, last_seen_at, closed_at, date_posted),
        round(epoch(opened_at - started_at) / 86400)::integer as entry_days,
        round(
            epoch(if(is_closed, closed_at, last_seen_at) - started_at) / 86400
        )::integer as exit_days
    from started

)

select
    * replace (
        if(is_closed, greatest(exit_days, entry_days + 1), exit_days) as exit_days
    )
from aged
