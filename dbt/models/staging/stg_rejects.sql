with source as (

    select * from {{ source('bronze', 'rejects') }}

),

renamed as (

    select
        -- ids
        source,
        record_key,
        reason_code,

        -- text
        state

    from source

)

select * from renamed
