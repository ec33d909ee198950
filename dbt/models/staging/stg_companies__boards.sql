with source as (

    select * from {{ source('bronze', 'company_boards') }}

),

renamed as (

    select
        -- ids
        source,
        lower(board) as board,

        -- text
        company,
        state,

        -- timestamps
        changed_at

    from source

)

select * from renamed
