{#- Each writes in one transaction, with as few statements as it takes: dbt's own ways build beside,
    rename twice and drop, and ask for columns in between, a tenth of a second a model, of which a
    day's build has some twenty. A reader, and a task that is killed, sees the old rows or the new
    ones here as well; nothing hangs on a table that has to be kept. -#}

{% materialization table, adapter="duckdb" %}

{{ return(replaced('table')) }}

{% endmaterialization %}

{% materialization view, adapter="duckdb" %}

{{ return(replaced('view')) }}

{% endmaterialization %}

{#- incremental_strategy:
    delete+insert: a new row takes the place of that with its unique_key;
    changed_months: so do new rows with those of their months, and a month whose jobs are not
    those that it was counted from (macro whose_jobs_changed) loses its rows. -#}
{% materialization incremental, adapter="duckdb", supported_languages=['sql', 'python'] %}

{%- set goes_on = is_incremental() -%}
{%- if model.language == 'sql' and not goes_on -%}
    {{ return(replaced('table')) }}
{%- endif -%}

{%- set target = this.incorporate(type='table') -%}
{%- set new = this.incorporate(path={'identifier': this.identifier ~ '__dbt_tmp'}, type='table') -%}

{{ run_hooks(pre_hooks, inside_transaction=True) }}

{%- if model.language == 'python' -%}
    {#- Its rows come through a connection of their own, which commits them: what a killed task
        has left of them is dropped first. -#}
    {%- call statement('drop_left', auto_begin=False) -%}
        drop table if exists {{ new }}
    {%- endcall -%}
    {%- call statement('read', language='python') -%}
        {{ py_write_table(temporary=False, relation=new, compiled_code=compiled_code) }}
    {%- endcall -%}
{%- else -%}
    {%- set new = new.include(database=False, schema=False) -%}
    {%- call statement('read') -%}
        create or replace temporary table {{ new }} as (
            {{ checked(sql) }}
        )
    {%- endcall -%}
{%- endif -%}

{%- if goes_on -%}
    {%- call statement('main') -%}
        delete from {{ target }}
        where {{ has_given_way(new) }};

        insert into {{ target }} by name
        select * from {{ new }};

        drop table {{ new }}
    {%- endcall -%}
{%- else -%}
    {%- call statement('main') -%}
        {{ drop_what_is_there() }}
        alter table {{ new }} rename to {{ adapter.quote(target.identifier) }}
    {%- endcall -%}
{%- endif -%}

{{ run_hooks(post_hooks, inside_transaction=True) }}

{%- do adapter.commit() -%}

{{ return({'relations': [target]}) }}

{% endmaterialization %}

{% macro replaced(kind) %}

{%- set target = this.incorporate(type=kind) -%}
{%- set existing = load_cached_relation(this) -%}

{{ run_hooks(pre_hooks, inside_transaction=True) }}

{%- if existing is not none and existing.type != kind -%}
    {%- call statement('drop_other_kind') -%}
        {{ drop_what_is_there() }}
    {%- endcall -%}
{%- endif -%}

{%- call statement('main') -%}
    create or replace {{ kind }} {{ target }} as (
        {{ checked(sql) }}
    )
{%- endcall -%}

{{ run_hooks(post_hooks, inside_transaction=True) }}

{%- do adapter.commit() -%}

{{ return({'relations': [target]}) }}

{% endmacro %}

{#- A model's query; where a contract is enforced, once it has been found to keep it. -#}
{% macro checked(sql) %}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
        {{ return(get_select_subquery(sql)) }}
    {%- endif -%}
    {{ return(sql) }}
{% endmacro %}

{% macro drop_what_is_there() %}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is not none -%}
        drop {{ existing.type }} {{ existing }};
    {%- endif -%}
{% endmacro %}

{#- Which rows of this table the new ones take the place of. -#}
{% macro has_given_way(new) %}
    {%- if config.get('incremental_strategy') == 'changed_months' -%}
        month in (select month from {{ new }})
        or (month, jobs_fingerprint) not in (
            select (month, jobs_fingerprint) from {{ ref('hn_months') }}
        )
    {%- else -%}
        {{ config.get('unique_key') }} in (select {{ config.get('unique_key') }} from {{ new }})
    {%- endif -%}
{% endmacro %}
