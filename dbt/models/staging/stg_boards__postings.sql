with source as (

    select * from {{ source('bronze', 'raw_job_postings') }}

),

renamed as (

    select
        -- ids
        posting_id,
        source,
        board,
        load_id,

        -- text
        payload::varchar as payload,
        payload_hash,
        '{{ code_version("board_postings") }}' as code_version,

        -- timestamps
        ingested_at

    from source

)

select * from renamed
