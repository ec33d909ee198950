{#- dbt's answer, which is_incremental() and the incremental materialization ask for; and yes for an
    incremental model that asks for it in one of these ways:
    incremental_strategy changed_months, or meta.rebuild_on_column_change: its table has other columns
    than its YAML;
    meta.code_version_column, a column that ends in code_version(): other code has made a row of it. -#}
{% macro should_full_refresh() %}
    {%- set configured = config.get('full_refresh') -%}
    {%- if configured is not none -%}{{ return(configured) }}{%- endif -%}
    {%- if flags.FULL_REFRESH or not execute or model.config.materialized != 'incremental' -%}
        {{ return(flags.FULL_REFRESH) }}
    {%- endif -%}
    {#- Once a context: the materialization asks again when it has swapped the tables. -#}
    {%- if 'has_to_be_rebuilt' not in model -%}
        {%- do model.update({'has_to_be_rebuilt': has_to_be_rebuilt()}) -%}
    {%- endif -%}
    {{ return(model['has_to_be_rebuilt']) }}
{% endmacro %}

{% macro has_to_be_rebuilt() %}
    {%- set meta = model.config.get('meta', {}) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is none or existing.type != 'table' -%}
        {{ return(false) }}
    {%- endif -%}
    {%- if config.get('incremental_strategy') == 'changed_months' or meta.get('rebuild_on_column_change') -%}
        {%- if columns_changed(existing) -%}{{ return(true) }}{%- endif -%}
    {%- endif -%}
    {{ return('code_version_column' in meta and code_changed(existing, meta['code_version_column'])) }}
{% endmacro %}

{% macro code_changed(existing, column) %}
    {%- set current = code_version(model.name) -%}
    {%- set others = run_query(
        'select count(*) from ' ~ existing
        ~ ' where not coalesce(ends_with(' ~ column ~ ", '" ~ current ~ "'), false)"
    ) -%}
    {%- if others.columns[0][0] -%}
        {%- do log('Rebuilding ' ~ existing ~ ', which other code has made', info=true) -%}
    {%- endif -%}
    {{ return(others.columns[0][0] > 0) }}
{% endmacro %}

{#- Whether this model's table has other columns than the YAML names, or others of the types that it
    states. Logged: a model that selects a column which its YAML lacks is rebuilt each time. -#}
{% macro columns_changed(existing) %}
    {%- if not model.columns -%}{{ return(false) }}{%- endif -%}
    {%- set written, found, wrong = {}, {}, [] -%}
    {%- for column in model.columns.values() -%}
        {%- do written.update({column.name | lower: column.data_type or ''}) -%}
    {%- endfor -%}
    {#- Not get_columns_in_relation: it begins a transaction, which would not see what a Python
        model then writes through a connection of its own. -#}
    {%- for column in run_query('describe ' ~ existing).rows -%}
        {%- do found.update({column['column_name'] | lower: column['column_type']}) -%}
    {%- endfor -%}
    {%- for name, type in written.items() -%}
        {%- if name not in found -%}
            {%- do wrong.append(name ~ ' is missing') -%}
        {%- elif type and type | lower != found[name] | lower -%}
            {%- do wrong.append(name ~ ' is ' ~ found[name] ~ ', not ' ~ type) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in found if name not in written -%}
        {%- do wrong.append(name ~ ' is not in the YAML') -%}
    {%- endfor -%}
    {%- if wrong -%}
        {%- do log(
            'Rebuilding ' ~ existing ~ ', whose columns are not those of its YAML: '
            ~ wrong | sort | join(', ')
            ~ '. If the next build says this again, add to the YAML what the model selects.',
            info=true
        ) -%}
    {%- endif -%}
    {{ return(wrong != []) }}
{% endmacro %}
