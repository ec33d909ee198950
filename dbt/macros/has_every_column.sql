{#- Whether the table that is there has all columns of the model: one from before an upgrade has
    not, and its rows are read again. -#}
{% macro has_every_column() %}
    {%- set there = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
    {{ return(model.columns | reject('in', there) | list | length == 0) }}
{% endmacro %}
