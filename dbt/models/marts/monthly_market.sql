{% set shares = {
    'remote': ['remote', 'hybrid', 'onsite', 'mixed', 'unspecified'],
    'role': ['backend', 'frontend', 'fullstack', 'any'],
    'level': ['entry', 'junior_mid', 'senior_excluded', 'any'],
    'visa': ['yes', 'no', 'unspecified'],
} %}

with threads as (

    select * from {{ ref('hn_threads') }}

),

-- dense from the first thread to the newest month loaded
months as (

    select unnest(range(
        '{{ var("first_month") }}'::date,
        (select max(threads.month) from threads) + interval 1 month,
        interval 1 month
    ))::date as month

),

jobs as (

    select * from {{ ref('fct_postings') }}
    where source = 'hacker_news'

),

totals as (

    select
        month,
        count(*) as total_jobs,
        count(distinct lower(trim(company))) filter (trim(company) <> '')
            as companies_count,
        count(salary_currency) as salaries_count
    from jobs
    group by month

),

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
    group by month

),

us_dollars as (

    select * from {{ ref('monthly_salaries') }}
    where currency = 'USD'

)

select
    -- numerics
    coalesce(totals.total_jobs, 0) as total_jobs,
    coalesce(totals.companies_count, 0) as companies_count,
    {% for dimension, values in shares.items() %}
    {% for value in values %}
    coalesce(mix.{{ dimension }}_{{ value }}_count, 0) / totals.total_jobs
        as {{ dimension }}_{{ value }}_share,
    {% endfor %}
    {% endfor %}
    totals.salaries_count / totals.total_jobs as salary_share,
    us_dollars.median as median_salary_usd,

    -- timestamps
    months.month

from months
left join totals on months.month = totals.month
left join mix on months.month = mix.month
left join us_dollars on months.month = us_dollars.month
