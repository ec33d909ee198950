with source as (

    select * from {{ source('bronze', 'raw_hn_seekers') }}

),

renamed as (

    select
        -- ids
        item_id,
        thread_id,
        try_cast(payload ->> 'parent' as bigint) as parent_id,
        load_id,

        -- text
        kind,
        payload ->> 'type' as item_type,
        payload ->> 'text' as text,
        payload_hash,
        '{{ code_version("seekers") }}' as code_version,

        -- numerics
        coalesce(try_cast(payload -> 'kids' as bigint[]), []) as kids,

        -- booleans
        coalesce(try_cast(payload ->> 'deleted' as boolean), false)
        or coalesce(try_cast(payload ->> 'dead' as boolean), false) as is_gone,

        -- timestamps
        month,
        {{ epoch_to_timestamp("payload ->> 'time'") }} as posted_at,
        ingested_at

    from source

)

select * from renamed
