-- Every source's postings in one shape, before the classifier reads their text.

with hacker_news as (

    select
        'hacker_news' as source,
        item_id::varchar as source_key,
        'https://news.ycombinator.com/item?id=' || item_id as url,
        url as canonical_url,
        substr(sha256('hacker_news:' || canonical_url), 1, 32) as posting_id,
        parent_id as thread_id,
        null::varchar as title,
        null::varchar as company,
        null::varchar as location,
        coalesce(text, '') as description_raw,
        payload::varchar as raw_json,
        payload_hash,
        null::varchar as reading_version,
        month,
        posted_at as date_posted,
        ingested_at as retrieved_at,
        not is_deleted and not is_dead and text is not null as is_live,
        null::varchar as reader_error
    from {{ ref('hn_items') }}
    -- Only a direct child of the thread is a posting; deeper comments are replies.
    where item_type = 'comment' and parent_id = thread_id

),

boards as (

    select
        -- From the load, not from canonical_url: a record that the reader can no longer
        -- parse has no url to derive the id from.
        posting_id,
        source,
        source_key,
        url,
        canonical_url,
        null::bigint as thread_id,
        title,
        nullif(company, '') as company,
        location,
        description_raw,
        raw_json,
        payload_hash,
        reading_version,
        date_trunc('month', coalesce(date_posted, retrieved_at))::date as month,
        date_posted,
        retrieved_at,
        is_live,
        reader_error
    from {{ ref('board_postings') }}

),

every_source as (

    select * from hacker_news

    union all by name

    select * from boards

)

select
    * replace (
        -- The model `postings` reads a row again when this text differs: it has to name
        -- all code that made the row, the board reader's and dbt's.
        concat_ws(' ', reading_version, '{{ code_version("postings") }}')
            as reading_version
    )
from every_source
