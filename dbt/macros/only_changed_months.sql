{#- In an incremental run, keeps only the months of `months` (rows of hn_months) whose jobs differ from
    those that this mart has counted. Each row of a mart stores the jobs_fingerprint it was counted
    from. Renders nothing in a full build. -#}
{% macro only_changed_months(months) %}
{%- if is_incremental() -%}
anti join (
    select distinct
        month,
        jobs_fingerprint
    from {{ this }}
) as counted
    on
        {{ months }}.month = counted.month
        and {{ months }}.jobs_fingerprint = counted.jobs_fingerprint
{%- endif -%}
{% endmacro %}
