-- depends_on: {{ ref('loads_read') }}
{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='item_id',
        meta={'rebuild_on_column_change': true, 'code_version_column': 'code_version'},
    )
}}
{%- set goes_on = is_incremental() %}

-- not materialized: what is unread is found without reading the payload of every item
with items as not materialized (

    select * from {{ ref('stg_hn__items') }}

),

{% if goes_on -%}
-- month by month: loads of one commit in the order of their times, those of two need not
read_until as (

    select
        month,
        max(ingested_at) as ingested_at
    from {{ this }}
    group by month

),

unread as (

    select items.item_id
    from items
    left join read_until on items.month = read_until.month
    where read_until.month is null or items.ingested_at > read_until.ingested_at

),

{% endif -%}
versions as (

    select * from items
    {% if goes_on -%}
    where item_id in (select unread.item_id from unread)
    {%- endif %}

),

latest as (

    select
        '{{ code_version("hn_items") }}' as code_version,
        * replace (
            -- a tombstone has lost its place in the thread; no item ever changes it
            max(parent_id) over (partition by item_id) as parent_id,
            max(item_type) over (partition by item_id) as item_type
        )
    from versions
    qualify row_number() over (partition by item_id order by ingested_at desc) = 1

)

select * from latest
