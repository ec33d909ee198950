{#- The post-hook of every model. For an incremental Python model dbt-duckdb stores the new rows in a
    table that is not temporary, because they come through a connection of their own, and never drops it.
    This drops it in the transaction that used it, together with any that killed tasks have left. On a
    lake the table is in the process's memory, and a transaction of the lake cannot write there. -#}
{% macro drop_temporary_tables() %}
{%- if execute and model.language == 'python' -%}
    {%- set leftovers = run_query(
        "select table_name from duckdb_tables() where database_name = current_database()"
        ~ " and database_name = '" ~ this.database ~ "' and schema_name = current_schema()"
        ~ " and starts_with(table_name, '" ~ this.identifier ~ "__dbt_tmp')"
    ) -%}
    {%- for name in leftovers.columns[0].values() -%}
        drop table {{ adapter.quote(name) }};
    {%- endfor -%}
{%- endif -%}
{% endmacro %}
