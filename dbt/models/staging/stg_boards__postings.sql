with source as (

    select * from {{ source('bronze', 'raw_job_postings') }}

),

renamed as (

    select
        -- ids
        posting_id,
        source,
        load_id,

        -- text
        payload::varchar as payload,
        payload_hash,

        -- timestamps
        ingested_at

    from source

)

select * from renamed
