with source as (

    select * from {{ source('bronze', 'raw_job_postings') }}

),

-- The newest row of a board has the name of its company, if anybody has named it.
boards as (

    select
        source,
        lower(board) as board,
        arg_max(company, changed_at) as company
    from {{ source('bronze', 'company_boards') }}
    where company is not null
    group by all

),

renamed as (

    select
        -- ids
        source.posting_id,
        source.source,
        source.board,
        source.load_id,

        -- text
        source.payload::varchar as payload,
        source.payload_hash,
        boards.company as board_company,
        '{{ code_version("board_postings") }}' as code_version,

        -- timestamps
        source.ingested_at

    from source
    left join boards
        on source.source = boards.source and lower(source.board) = boards.board

)

select * from renamed
