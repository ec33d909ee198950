-- The versions of each posting that was edited after it was first read: of a comment where
-- its text changed, of a board's record where a field did. Bronze keeps each version.

with postings as (

    select
        posting_id,
        source,
        source_key
    from {{ ref('postings') }}

),

-- Narrow columns first: few records have a second version, and payloads are wide.
hn_repeated as (

    select item_id
    from {{ ref('stg_hn__items') }}
    group by item_id
    having count(*) > 1

),

board_repeated as (

    select posting_id
    from {{ ref('stg_boards__postings') }}
    group by posting_id
    having count(*) > 1

),

comments as (

    select
        postings.posting_id,
        items.ingested_at as seen_at,
        items.text,
        lag(items.text) over of_posting as earlier_text
    from {{ ref('stg_hn__items') }} as items
    semi join hn_repeated on items.item_id = hn_repeated.item_id
    inner join postings
        on
            postings.source = 'hacker_news'
            and items.item_id = try_cast(postings.source_key as bigint)
    -- A deleted comment has no text.
    where items.text is not null
    window of_posting as (partition by postings.posting_id order by items.ingested_at)

),

records as (

    select
        versions.posting_id,
        versions.ingested_at as seen_at,
        try_cast(versions.payload::json as map (varchar, json)) as content
    from {{ ref('stg_boards__postings') }} as versions
    semi join board_repeated on versions.posting_id = board_repeated.posting_id

),

compared as (

    select
        *,
        lag(content) over (partition by posting_id order by seen_at) as earlier
    from records

),

board_versions as (

    select
        posting_id,
        seen_at,
        -- A date of the last change is no change.
        coalesce(list_sort(list_filter(
            list_distinct(map_keys(content) || map_keys(earlier)),
            lambda name: content[name] is distinct from earlier[name]
            and not regexp_matches(name, '(?i)updated|modified')
        )), []) as fields,
        -- The text, where the record has one field of it.
        coalesce(
            content['descriptionHtml'], content['content'], content['description']
        ) as markup,
        earlier is null as is_first
    from compared

),

versions as (

    select
        posting_id,
        seen_at,
        if(earlier_text is null, [], ['text']) as fields,
        text
    from comments
    where text is distinct from earlier_text

    union all

    select
        posting_id,
        seen_at,
        fields,
        if(json_type(markup) = 'VARCHAR', markup ->> '$', null) as text
    from board_versions
    where is_first or len(fields) > 0

)

select
    *,
    row_number() over (partition by posting_id order by seen_at) as version
from versions
qualify count(*) over (partition by posting_id) > 1
