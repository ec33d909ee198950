{#- Use the configured schema as it is: `silver`, not dbt's default `main_silver`. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
