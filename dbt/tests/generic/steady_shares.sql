{#- The share of postings that meet a condition, in the newest month that is over, lies within so many
    standard deviations of the twelve months before it: a reader that no longer understands what it reads
    shows here first. Months are those of Hacker News; the newest one still grows and is left out. A
    deviation is never less than the sampling error of a month of that size, so that a few months which
    agree by chance do not make the next one a fault.

    shares: {name: a condition on a row of the model}.
    deviations: standard deviations that a share may lie away from the mean. -#}
{% test steady_shares(model, shares, deviations=4) %}

with postings as (

    select
        month,
        {% for name, condition in shares.items() %}
        {{ condition }} as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ model }}
    where source = 'hacker_news'

),

monthly as (

    select
        month,
        share,
        count(*) as postings_count,
        avg(meets::int) as value
    from postings unpivot (meets for share in ({{ shares | join(', ') }}))
    group by all

),

compared as (

    select
        *,
        count(*) over earlier as months_count,
        avg(value) over earlier as expected,
        stddev_samp(value) over earlier as deviation,
        lead(month) over (partition by share order by month) as next_month
    from monthly
    window
        earlier as (
            partition by share
            order by month
            rows between 12 preceding and 1 preceding
        )

)

select
    month,
    share,
    value,
    expected,
    greatest(
        deviation,
        -- of one posting at least: a share that was 0 for a year may become one
        sqrt(greatest(expected * (1 - expected), 1 / postings_count) / postings_count)
    ) as allowed
from compared
where
    -- the newest but one: the newest month still grows
    next_month = (select max(postings.month) from postings)
    and months_count = 12
    and abs(value - expected) > {{ deviations }} * allowed

{% endtest %}
