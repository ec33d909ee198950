-- The weeks of each span of job_spans: from when to when its job counts, opens and closes.

with spans as (

    select
        *,
        date_trunc('week', timezone('UTC', opened_at))::date as first_week,
        date_trunc('week', timezone('UTC', last_seen_at))::date as last_week,
        date_trunc('week', timezone('UTC', closed_at))::date as closed_week
    from {{ ref('job_spans') }}

)

select
    job_id,
    span,
    posting_id,
    source,
    board,
    first_week,
    last_week,
    closed_week,
    timezone('UTC', last_seen_at)::date as last_seen_day,
    -- A job that closes and opens in one week is one open job of that week.
    greatest(
        first_week,
        coalesce(
            lag(last_week) over (partition by job_id order by span) + 7, first_week
        )
    ) as counted_week,
    case when not entered_late and not reopened then first_week end as opened_week
from spans
