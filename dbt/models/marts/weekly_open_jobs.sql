-- Jobs of companies' boards that are open in each week, by system, family, role and place.

with spans as (

    select * from {{ ref('int_job_spans__weeks') }}

),

changes as (

    select
        posting_id,
        unnest([counted_week, last_week + 7, opened_week, closed_week]) as week,
        unnest([1, -1, 0, 0]) * (counted_week <= last_week)::integer as change,
        unnest([0, 0, 1, 0]) as opened,
        unnest([0, 0, 0, 1]) as closed
    from spans

),

jobs as (

    select
        posting_id,
        source,
        family,
        roles
    from {{ ref('fct_jobs') }}
    where position = 1 and posting_id in (select spans.posting_id from spans)

),

places as (

    select distinct
        places.posting_id,
        ancestors.ancestor_id
    from {{ ref('fct_posting_places') }} as places
    inner join {{ ref('place_ancestors') }} as ancestors
        on places.place_id = ancestors.place_id
    -- Before the ancestors: most postings are of no board.
    where
        places.relation <> 'excluded'
        and places.posting_id in (select jobs.posting_id from jobs)

),

dimensions as (

    select
        posting_id,
        unnest(['all', 'source', 'family']) as dimension,
        unnest(['all', source, family]) as value
    from jobs

    union all

    select
        posting_id,
        'role' as dimension,
        unnest(roles) as value
    from jobs

    union all

    select
        posting_id,
        'place' as dimension,
        ancestor_id as value
    from places

),

weeks as (

    select
        dimensions.dimension,
        dimensions.value,
        changes.week,
        sum(changes.change) as change,
        sum(changes.opened)::bigint as opened_jobs,
        sum(changes.closed)::bigint as closed_jobs
    from changes
    inner join dimensions on changes.posting_id = dimensions.posting_id
    where changes.week is not null
    group by all

),

running as (

    select
        *,
        sum(change) over (
            partition by dimension, value order by week
        )::bigint as open_jobs,
        lead(week, 1, week + 7) over (
            partition by dimension, value order by week
        ) as next_week
    from weeks

),

-- A week without a change has the open jobs of the week before.
dense as (

    select
        dimension,
        value,
        open_jobs,
        opened_jobs,
        closed_jobs,
        week as changed_week,
        unnest(range(week::timestamp, next_week::timestamp, interval 7 day))::date
            as week
    from running

),

-- Boards join the directory all the time: how many show jobs says how to compare weeks.
board_weeks as (

    select
        unnest(
            range(
                min(first_week)::timestamp, max(last_week)::timestamp + interval 1 day,
                interval 7 day
            )
        )::date as week
    from spans
    group by source, board

),

boards as (

    select
        week,
        count(*) as boards_count
    from board_weeks
    group by week

),

newest as (

    select max(last_seen_day) as day
    from spans

)

select
    -- text
    dense.dimension,
    dense.value,

    -- numerics
    dense.open_jobs,
    if(dense.week = dense.changed_week, dense.opened_jobs, 0) as opened_jobs,
    if(dense.week = dense.changed_week, dense.closed_jobs, 0) as closed_jobs,
    coalesce(boards.boards_count, 0) as boards_count,

    -- flags
    dense.week + 7 <= newest.day as is_complete,

    -- timestamps
    dense.week

from dense
cross join newest
left join boards on dense.week = boards.week
where
    dense.open_jobs > 0
    or (
        dense.week = dense.changed_week
        and dense.opened_jobs + dense.closed_jobs > 0
    )
