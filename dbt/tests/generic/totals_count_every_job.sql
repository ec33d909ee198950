{#- A monthly mart's total_jobs is the number of Hacker News jobs of the month, month by month.
    `per`: a column for each of whose values the postings_count add up to it as well. -#}
{% test totals_count_every_job(model, per=none, of=[]) %}

with jobs as (

    select
        month,
        count(*) as total_jobs
    from {{ ref('fct_postings') }}
    where source = 'hacker_news'
    group by month

),

mart as (

    select
        month,
        {% if per %}{{ per }},{% endif %}
        max(total_jobs) as total_jobs,
        {% if per %}sum(postings_count){% else %}max(total_jobs){% endif %} as counted
    from {{ model }}
    {% if per %}where {{ per }} in ('{{ of | join("', '") }}'){% endif %}
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
