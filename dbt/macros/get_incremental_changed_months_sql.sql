{#- incremental_strategy='changed_months': new rows replace those of their months, and a month whose
    jobs_fingerprint is no longer that of hn_months (macro whose_jobs_changed) loses its rows.
    dbt finds it by its name:
    https://docs.getdbt.com/docs/build/incremental-strategy#custom-strategies -#}
{% macro get_incremental_changed_months_sql(arg_dict) %}
{%- set target, new = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
{%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
delete from {{ target }}
where
    month in (select month from {{ new }})
    or (month, jobs_fingerprint) not in (
        select (month, jobs_fingerprint) from {{ ref('hn_months') }}
    );

insert into {{ target }} ({{ columns }})
select {{ columns }} from {{ new }}
{% endmacro %}
