{#- A monthly mart's total_jobs equals the number of Hacker News jobs of each month. With `dimension` and
    `values`: the postings_count of each of these values of that column add up to total_jobs as well. -#}
{% test totals_count_every_job(model, dimension=none, values=[]) %}

with jobs as (

    select
        month,
        count(*) as total_jobs
    from {{ ref('int_postings__jobs') }}
    where source = 'hacker_news'
    group by month

),

mart as (

    select
        month,
        {{ dimension or "'all'" }} as part,
        max(total_jobs) as total_jobs,
        {{ 'sum(postings_count)' if dimension else 'max(total_jobs)' }} as counted
    from {{ model }}
    where {{ dimension or "'all'" }} in ('{{ (values or ["all"]) | join("', '") }}')
    group by all

)

select
    coalesce(mart.month, jobs.month) as month,
    jobs.total_jobs as jobs,
    mart.total_jobs,
    mart.counted
from mart
full join jobs on mart.month = jobs.month
where
    coalesce(jobs.total_jobs, 0) is distinct from mart.total_jobs
    or mart.counted is distinct from mart.total_jobs

{% endtest %}
