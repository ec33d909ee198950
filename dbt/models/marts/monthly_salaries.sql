with jobs as (

    select * from {{ ref('fct_postings') }}
    where source = 'hacker_news'

),

-- rates by the hour or the day are contractors': what a year of them is nobody knows
yearly as (

    select
        month,
        salary_currency as currency,
        (coalesce(salary_min, salary_max) + coalesce(salary_max, salary_min)) / 2
        * case salary_period when 'year' then 1 when 'month' then 12 end as salary
    from jobs
    where salary_currency is not null and salary_period in ('year', 'month')

)

select
    -- text
    currency,

    -- numerics
    count(*) as postings_count,
    quantile_cont(salary, 0.25) as p25,
    quantile_cont(salary, 0.5) as median,
    quantile_cont(salary, 0.75) as p75,

    -- timestamps
    month

from yearly
where salary is not null
group by month, currency
