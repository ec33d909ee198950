with source as (

    select * from {{ source('bronze', 'raw_hn_items') }}

),

renamed as (

    select
        -- ids
        item_id,
        thread_id,
        try_cast(payload ->> 'parent' as bigint) as parent_id,
        load_id,

        -- text
        payload ->> 'type' as item_type,
        payload ->> 'by' as author,
        payload ->> 'title' as title,
        payload ->> 'text' as text,
        payload,
        payload_hash,

        -- numerics
        -- Without replies the API sends no `kids`; a tombstone has none either.
        coalesce(json_array_length(payload -> 'kids'), 0) as kids_count,
        coalesce(try_cast(payload -> 'kids' as bigint[]), []) as kids,

        -- booleans
        coalesce(try_cast(payload ->> 'deleted' as boolean), false) as is_deleted,
        coalesce(try_cast(payload ->> 'dead' as boolean), false) as is_dead,
        coalesce(try_cast(payload ->> 'is_tombstone' as boolean), false)
            as is_tombstone,

        -- timestamps
        month,
        {{ epoch_to_timestamp("payload ->> 'time'") }} as posted_at,
        ingested_at

    from source

)

select * from renamed
