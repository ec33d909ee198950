-- The durations of int_job_spans__durations in each group that they are estimated for.

with durations as (

    select
        durations.*,
        jobs.family,
        jobs.roles,
        -- Without a start, or seen once only, a job says nothing of how long.
        coalesce(durations.exit_days > durations.entry_days, false) as is_counted
    from {{ ref('int_job_spans__durations') }} as durations
    inner join {{ ref('jobs') }} as jobs
        on durations.posting_id = jobs.posting_id and jobs.position = 1

)

select
    * exclude (family, roles),
    unnest(['all', 'family']) as dimension,
    unnest(['all', family]) as value
from durations

union all

select
    * exclude (family, roles),
    'role' as dimension,
    unnest(roles) as value
from durations
