{#- A monthly mart's total_jobs is the number of Hacker News jobs of the month, month by month.
    `per`: a column for each of whose values the postings_count add up to it as well. -#}
{% test totals_count_every_job(model, per=none, of=[]) %}

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
        {{ per or "'all'" }} as part,
        max(total_jobs) as total_jobs,
        {{ 'sum(postings_count)' if per else 'max(total_jobs)' }} as counted
    from {{ model }}
    where {{ per or "'all'" }} in ('{{ (of or ["all"]) | join("', '") }}')
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
