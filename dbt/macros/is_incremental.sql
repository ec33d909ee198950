{#- dbt's own question, and one more: a table from before an upgrade, which lacks a column of the
    model or has one too many, is built anew. -#}
{% macro is_incremental() %}
    {%- if not execute or model.config.materialized != 'incremental' or should_full_refresh() -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set there = load_cached_relation(this) -%}
    {%- if there is none or there.type != 'table' -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set columns = run_query('describe ' ~ there).columns[0].values() -%}
    {{ return(columns | sort == model.columns | sort) }}
{% endmacro %}
