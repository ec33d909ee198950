{#- Overrides dbt's should_full_refresh, which is_incremental() and the incremental materialization call.
    Beyond dbt's own answer, an incremental model can ask for a rebuild:
    - incremental_strategy changed_months, or meta.rebuild_on_column_change: when the columns of its table
      are not those of its YAML;
    - meta.code_version_column, which names a column that ends in code_version(): when any row was made by
      other code. -#}
{% macro should_full_refresh() %}
    {%- set configured = config.get('full_refresh') -%}
    {%- if configured is not none -%}{{ return(configured) }}{%- endif -%}
    {%- if flags.FULL_REFRESH or not execute or model.config.materialized != 'incremental' -%}
        {{ return(flags.FULL_REFRESH) }}
    {%- endif -%}
    {#- Decided once and remembered: the materialization asks again after it has swapped the tables, when
        the new table would give another answer. -#}
    {%- if 'needs_rebuild' not in model -%}
        {%- do model.update({'needs_rebuild': needs_rebuild()}) -%}
    {%- endif -%}
    {{ return(model['needs_rebuild']) }}
{% endmacro %}

{% macro needs_rebuild() %}
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

{#- Whether a row of the table was made by other code than today's. -#}
{% macro code_changed(existing, column) %}
    {%- set current = code_version(model.name) -%}
    {#- A null counts as other code: `not null` alone would be null and not counted. -#}
    {%- set others = run_query(
        'select count(*) from ' ~ existing
        ~ ' where not coalesce(ends_with(' ~ column ~ ", '" ~ current ~ "'), false)"
    ) -%}
    {%- if others.columns[0][0] -%}
        {%- do log('Rebuilding ' ~ existing ~ ', which has rows made by other code', info=true) -%}
    {%- endif -%}
    {{ return(others.columns[0][0] > 0) }}
{% endmacro %}

{#- Whether the table's columns, or the types that the YAML states, differ from the YAML. The difference is
    logged: a model that selects a column which its YAML lacks would be rebuilt in every run. -#}
{% macro columns_changed(existing) %}
    {%- if not model.columns -%}{{ return(false) }}{%- endif -%}
    {%- set expected, found, differences = {}, {}, [] -%}
    {%- for column in model.columns.values() -%}
        {%- do expected.update({column.name | lower: column.data_type or ''}) -%}
    {%- endfor -%}
    {#- Not get_columns_in_relation: it begins a transaction, and that would not see the rows which a
        Python model writes through its own connection. -#}
    {%- for column in run_query('describe ' ~ existing).rows -%}
        {%- do found.update({column['column_name'] | lower: column['column_type']}) -%}
    {%- endfor -%}
    {%- for name, type in expected.items() -%}
        {%- if name not in found -%}
            {%- do differences.append(name ~ ' is missing') -%}
        {%- elif type and type | lower != found[name] | lower -%}
            {%- do differences.append(name ~ ' is ' ~ found[name] ~ ', not ' ~ type) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in found if name not in expected -%}
        {%- do differences.append(name ~ ' is not in the YAML') -%}
    {%- endfor -%}
    {%- if differences -%}
        {%- do log(
            'Rebuilding ' ~ existing ~ ', whose columns differ from its YAML: '
            ~ differences | sort | join(', ')
            ~ '. If the next build logs this again, add the columns that the model selects to the YAML.',
            info=true
        ) -%}
    {%- endif -%}
    {{ return(differences != []) }}
{% endmacro %}
