{#- Months of hn_months whose jobs are not those that this mart has counted. A mart keeps beside its
    rows what they were counted from, in jobs_fingerprint. -#}
{% macro whose_jobs_changed(months) %}
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
