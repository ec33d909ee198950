-- When each job of a company's board was open, by what the readings of its board have
-- shown. docs/data-model.md has the rules.

with recursive readings as (

    select *
    from {{ ref('stg_boards__readings') }}
    -- What was absent, failed or refused has no digest, and says nothing.
    where shown_digest is not null

),

-- The ids are stored with one reading of each set: see bronze.board_readings.
shown_sets as (

    select
        source,
        board,
        shown_digest,
        any_value(shown_ids) as ids
    from readings
    where shown_ids is not null
    group by all

),

counted as (

    select
        readings.source,
        readings.board,
        readings.load_id,
        readings.outcome,
        readings.shown_digest,
        readings.read_at,
        readings.ingested_at,
        timezone('UTC', readings.read_at)::date as day,
        len(shown_sets.ids) > 0 as shows_jobs,
        -- A job that is shown without an id may be any of those that are missing: such a
        -- reading closes nothing.
        readings.outcome in ('whole', 'unchanged')
        and len(shown_sets.ids) > 0
        and len(shown_sets.ids) >= readings.shown as is_whole
    from readings
    inner join shown_sets
        on
            readings.source = shown_sets.source
            and readings.board = shown_sets.board
            and readings.shown_digest = shown_sets.shown_digest

),

-- Empty readings in a row: the jobs that were shown before them number the rows.
empties as (

    select
        *,
        count(*) filter (shows_jobs) over (
            partition by source, board
            order by read_at, ingested_at, load_id
        ) as shown_before
    from counted
    where shows_jobs or outcome = 'empty'

),

-- A board that suddenly shows nothing is believed when it does so on another day, too.
decided as (

    select
        *,
        is_whole
        or (
            not shows_jobs
            and max(day) filter (not shows_jobs) over one_row
            > min(day) filter (not shows_jobs) over one_row
        ) as is_complete
    from empties
    window one_row as (partition by source, board, shown_before)

),

-- Most days change nothing. Readings in a row that show the same jobs are one run, so that
-- the ids are unnested once a run, not once a day.
turns as (

    select
        *,
        lag(concat(shown_digest, ' ', is_complete)) over of_board as earlier_shown,
        concat(shown_digest, ' ', is_complete) as shown_now
    from decided
    window
        of_board as (
            partition by source, board order by read_at, ingested_at, load_id
        )

),

numbered as (

    select
        *,
        count(*) filter (shown_now is distinct from earlier_shown) over (
            partition by source, board order by read_at, ingested_at, load_id
        ) as run
    from turns

),

runs as (

    select
        source,
        board,
        run,
        shown_digest,
        is_complete,
        min(read_at) as first_read_at,
        max(read_at) as last_read_at
    from numbered
    group by all

),

-- The complete runs around each run: the one before it can have closed a job.
framed as (

    select
        *,
        max(run) filter (is_complete) over earlier as complete_run,
        max(last_read_at) filter (is_complete) over earlier as complete_at,
        min(first_read_at) filter (is_complete) over later as next_complete_at
    from runs
    window
        earlier as (
            partition by source, board order by run
            rows between unbounded preceding and 1 preceding
        ),
        later as (
            partition by source, board order by run
            rows between 1 following and unbounded following
        )

),

set_members as (

    select
        source,
        board,
        shown_digest,
        unnest(ids) as posting_id
    from shown_sets

),

sightings as (

    select
        set_members.posting_id,
        framed.source,
        framed.board,
        framed.run,
        framed.first_read_at,
        framed.last_read_at,
        framed.complete_run,
        framed.complete_at,
        framed.next_complete_at
    from framed
    inner join set_members
        on
            framed.source = set_members.source
            and framed.board = set_members.board
            and framed.shown_digest = set_members.shown_digest

),

-- A posting closes where a complete run lies between two of its sightings, or after the
-- last one. Only the first and the last sighting of each interval are kept.
edges as (

    select
        *,
        coalesce(complete_run > lag(run) over by_run, lag(run) over by_run is null)
            as opens,
        coalesce(lead(complete_run) over by_run > run, lead(run) over by_run is null)
            as ends
    from sightings
    window by_run as (partition by posting_id order by run)
    qualify opens or ends

),

intervals as (

    select
        posting_id,
        source,
        board,
        first_read_at as opened_at,
        complete_at as absent_at,
        if(ends, last_read_at, lead(last_read_at) over of_posting) as last_seen_at,
        if(ends, next_complete_at, lead(next_complete_at) over of_posting) as closed_at,
        row_number() over of_posting = 1 as is_first
    from edges
    window of_posting as (partition by posting_id order by run)
    qualify opens

),

keyed as (

    select
        intervals.*,
        keys.company_key,
        keys.date_posted,
        -- An unnamed job is compared with none.
        coalesce(keys.job_key || '|' || keys.place_key, intervals.posting_id) as job_key
    from intervals
    left join {{ ref('posting_keys') }} as keys
        on intervals.posting_id = keys.posting_id

),

-- A new id repeats the posting of its key that was shown last, unless that one, or another,
-- is still shown: two that are shown at once are two jobs.
repeated as (

    select
        posting_id,
        if(
            earlier.last_seen_at < opened_at
            and opened_at <= earlier.last_seen_at + interval 60 day,
            earlier.posting_id, null
        ) as repeats
    from (
        select
            posting_id,
            opened_at,
            is_first,
            max(
                { 'last_seen_at': last_seen_at, 'posting_id': posting_id }
            ) over (
                partition by job_key order by opened_at, posting_id
                rows between unbounded preceding and 1 preceding
            ) as earlier
        from keyed
    ) as ordered
    where is_first

),

chains as (

    select
        posting_id,
        posting_id as job_id
    from repeated
    where repeats is null

    union all

    select
        repeated.posting_id,
        chains.job_id
    from repeated
    inner join chains on repeated.repeats = chains.posting_id

),

-- The interval that was shown last says how a job stands: an older one of a board that is
-- gone was never closed.
of_jobs as (

    select
        chains.job_id,
        keyed.*,
        {
            'last_seen_at': keyed.last_seen_at,
            'closed_at': coalesce(keyed.closed_at, 'infinity'::timestamptz),
            'posting_id': keyed.posting_id
        } as ending
    from keyed
    inner join chains on keyed.posting_id = chains.posting_id

),

breaks as (

    select
        *,
        coalesce(
            opened_at > (max(ending) over of_job).closed_at, true
        ) as starts_span
    from of_jobs
    window
        of_job as (
            partition by job_id order by opened_at, posting_id
            rows between unbounded preceding and 1 preceding
        )

),

spanned as (

    select
        *,
        count(*) filter (starts_span) over (
            partition by job_id order by opened_at, posting_id
        ) as span
    from breaks

)

select
    -- ids
    job_id,
    span,
    max(ending).posting_id as posting_id,
    list(distinct posting_id order by posting_id) as posting_ids,
    max_by(company_key, ending) as company_key,

    -- text
    max_by(source, ending) as source,
    max_by(board, ending) as board,

    -- flags
    span > 1 as reopened,
    bool_or(starts_span and absent_at is null) as entered_late,
    max(ending).closed_at = 'infinity' as is_open,

    -- timestamps
    min(absent_at) filter (starts_span) as absent_at,
    min(opened_at) as opened_at,
    max(last_seen_at) as last_seen_at,
    nullif(max(ending).closed_at, 'infinity'::timestamptz) as closed_at,
    min(date_posted) filter (starts_span) as date_posted

from spanned
group by job_id, span
