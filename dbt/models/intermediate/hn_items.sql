{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='item_id',
    )
}}

with versions as (

    select * from {{ ref('stg_hn__items') }}
    {% if is_incremental() %}
    where {{ later_than_this('ingested_at') }}
    {% endif %}

),

latest as (

    select
        *,
        -- a tombstone has lost its place in the thread; no item ever changes it
        max(parent_id) over (partition by item_id) as known_parent_id,
        max(item_type) over (partition by item_id) as known_item_type
    from versions
    qualify row_number() over (partition by item_id order by ingested_at desc) = 1

){% if is_incremental() %},

before as (

    select
        item_id,
        parent_id,
        item_type
    from {{ this }}

){% endif %}

{%- set kept = ['known_parent_id', 'known_item_type'] %}

select
    latest.* exclude ({{ kept | join(', ') }})
    {% if is_incremental() -%}
    replace (
        coalesce(latest.known_parent_id, before.parent_id) as parent_id,
        coalesce(latest.known_item_type, before.item_type) as item_type
    )
    {%- else -%}
    replace (latest.known_parent_id as parent_id, latest.known_item_type as item_type)
    {%- endif %}
from latest
{% if is_incremental() -%}
left join before on latest.item_id = before.item_id
{%- endif %}
