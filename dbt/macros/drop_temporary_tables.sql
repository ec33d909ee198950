{#- The post-hook of every model. dbt-duckdb keeps the new rows of an incremental Python model in a table
    that is not temporary, since they come through a connection of their own, and drops it nowhere.
    This drops it in the transaction that has used it, with those that killed tasks have left. A lake's
    lies in the memory of its process, which no transaction of the lake may write to. -#}
{% macro drop_temporary_tables() %}
{%- if execute and model.language == 'python' -%}
    {%- set left = run_query(
        "select table_name from duckdb_tables() where database_name = current_database()"
        ~ " and database_name = '" ~ this.database ~ "' and schema_name = current_schema()"
        ~ " and starts_with(table_name, '" ~ this.identifier ~ "__dbt_tmp')"
    ) -%}
    {%- for name in left.columns[0].values() -%}
        drop table {{ adapter.quote(name) }};
    {%- endfor -%}
{%- endif -%}
{% endmacro %}
