{{ config(materialized='incremental', incremental_strategy='changed_months') }}
{% set shares = {
    'remote': ['remote', 'hybrid', 'onsite', 'mixed', 'unspecified'],
    'role': ['backend', 'frontend', 'fullstack', 'any'],
    'level': ['entry', 'junior_mid', 'senior_excluded', 'any'],
    'visa': ['yes', 'no', 'unspecified'],
} %}

with months as (

    select months.*
    from {{ ref('hn_months') }} as months
    {{ only_changed_months('months') }}

),

jobs as (

    select * from {{ ref('fct_postings') }}
    where source = 'hacker_news' and month in (select months.month from months)

),

companies as (

    select
        month,
        count(distinct lower(trim(company))) filter (trim(company) <> '')
            as companies_count,
        count(salary_currency) as salaries_count
    from jobs
    group by month

),

-- The counts of monthly_market_mix, pivoted: both marts show one truth. Each value has a
-- column of its own, because a contract needs to know the columns.
mix as (

    select
        {% for dimension, values in shares.items() %}
        {% for value in values %}
        sum(postings_count) filter (
            dimension = '{{ dimension }}' and value = '{{ value }}'
        ) as {{ dimension }}_{{ value }}_count,
        {% endfor %}
        {% endfor %}
        month
    from {{ ref('monthly_market_mix') }}
    where month in (select months.month from months)
    group by month

),

us_dollars as (

    select * from {{ ref('monthly_salaries') }}
    where currency = 'USD'

)

select
    -- numerics
    months.total_jobs,
    coalesce(companies.companies_count, 0) as companies_count,
    {% for dimension, values in shares.items() %}
    {% for value in values %}
    coalesce(mix.{{ dimension }}_{{ value }}_count, 0) / nullif(months.total_jobs, 0)
        as {{ dimension }}_{{ value }}_share,
    {% endfor %}
    {% endfor %}
    companies.salaries_count / nullif(months.total_jobs, 0) as salary_share,
    us_dollars.median as median_salary_usd,

    -- timestamps
    months.month,

    -- lineage
    months.jobs_fingerprint

from months
left join companies on months.month = companies.month
left join mix on months.month = mix.month
left join us_dollars on months.month = us_dollars.month
