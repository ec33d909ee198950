with source as (

    select * from {{ source('bronze', 'board_readings') }}

),

renamed as (

    select
        -- ids
        load_id,
        source,
        -- As the directory compares names: no two of its boards differ in case alone.
        lower(board) as board,

        -- text
        outcome,
        shown_digest,
        shown_ids,

        -- numerics
        shown,

        -- timestamps
        read_at,
        ingested_at

    from source

)

select * from renamed
