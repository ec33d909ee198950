with source as (

    select * from {{ source('bronze', 'loads') }}

),

renamed as (

    select
        -- ids
        load_id,
        source,
        partition,
        run_id,

        -- numerics
        expected,
        fetched,
        inserted,
        updated,
        unchanged,
        tombstones,
        rejected,
        missing,
        filtered,

        -- timestamps
        started_at,
        committed_at

    from source

)

select * from renamed
