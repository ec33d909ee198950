-- depends_on: {{ ref('loads_read') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='item_id',
        meta={'rebuild_on_column_change': true, 'code_version_column': 'code_version'},
    )
}}

-- Not materialized: DuckDB then finds the new items by narrow columns and never
-- reads the payloads of the others.
with items as not materialized (

    select * from {{ ref('stg_hn__items') }}

),

{% if is_incremental() -%}
-- One watermark a month. Loads of one month commit in the order of ingested_at,
-- because one run at a time ingests a month; loads of two months may not.
watermark as (

    select
        month,
        max(ingested_at) as ingested_at
    from {{ this }}
    group by month

),

new_items as (

    select items.item_id
    from items
    left join watermark on items.month = watermark.month
    where watermark.month is null or items.ingested_at > watermark.ingested_at

),

{% endif -%}
versions as (

    select * from items
    {% if is_incremental() -%}
    -- All versions of a new item, not only the new ones: a tombstone takes its
    -- parent from an older version.
    where item_id in (select new_items.item_id from new_items)
    {%- endif %}

),

latest as (

    select
        '{{ code_version("hn_items") }}' as code_version,
        * replace (
            -- A tombstone has neither parent nor type. They never change, so max()
            -- takes them from whichever version has them.
            max(parent_id) over (partition by item_id) as parent_id,
            max(item_type) over (partition by item_id) as item_type
        )
    from versions
    qualify row_number() over (partition by item_id order by ingested_at desc) = 1

)

select * from latest
