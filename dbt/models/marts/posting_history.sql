-- What the readings show of a posting's life: edits, and of a company's board when the job
-- opened and closed.

with jobs as (

    select
        posting_id,
        month
    from {{ ref('int_postings__jobs') }}

),

spans as (

    select
        unnest(posting_ids) as posting_id,
        opened_at,
        closed_at,
        last_seen_at,
        reopened,
        entered_late
    from {{ ref('job_spans') }}

),

events as (

    select
        posting_id,
        seen_at as event_at,
        if(version = 1, 'read', 'edited') as kind,
        false as is_late,
        fields,
        text
    from {{ ref('posting_versions') }}

    union all

    select
        posting_id,
        opened_at as event_at,
        if(reopened, 'reopened', 'opened') as kind,
        entered_late as is_late,
        [] as fields,
        null as text
    from spans

    union all

    -- An open job was shown last at some reading; a closed one was missing at one.
    select
        posting_id,
        coalesce(closed_at, last_seen_at) as event_at,
        if(closed_at is null, 'shown', 'closed') as kind,
        false as is_late,
        [] as fields,
        null as text
    from spans

)

select
    -- ids
    events.posting_id,
    row_number() over (
        partition by events.posting_id order by events.event_at, events.kind
    ) as position,

    -- text
    events.kind,
    events.fields,
    events.text,

    -- flags
    events.is_late,

    -- timestamps
    jobs.month,
    events.event_at

from events
inner join jobs on events.posting_id = jobs.posting_id
