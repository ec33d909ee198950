{#- incremental_strategy='changed_months': replaces the rows of the months that the new rows have, and
    deletes those of every other month whose jobs_fingerprint is no longer that of hn_months (macro
    only_changed_months). The materialization runs both statements in one transaction, so readers see the
    old rows or the new ones. dbt finds the macro by its name:
    https://docs.getdbt.com/docs/build/incremental-strategy#custom-strategies -#}
{% macro get_incremental_changed_months_sql(arg_dict) %}
{%- set target, new = arg_dict['target_relation'], arg_dict['temp_relation'] -%}
{%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
delete from {{ target }}
where
    month in (select month from {{ new }})
    -- A changed month may have no new rows at all, when its last job is deleted.
    or (month, jobs_fingerprint) not in (
        select (month, jobs_fingerprint) from {{ ref('hn_months') }}
    );

insert into {{ target }} ({{ columns }})
select {{ columns }} from {{ new }}
{% endmacro %}
