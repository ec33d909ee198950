{#- The count of each key lies between what a seed states as its minimum and maximum. Keys that only one
    side has are not compared. `tolerance`: the share of the minimum that may have been deleted since the
    seed was written. -#}
{% test row_counts_as_expected(
    model, expected, key, count_column, min_column, max_column, tolerance
) %}

select
    expected.{{ key }},
    model.{{ count_column }},
    expected.{{ min_column }},
    expected.{{ max_column }}
from {{ model }} as model
inner join {{ expected }} as expected on model.{{ key }} = expected.{{ key }}
where
    model.{{ count_column }} < (1 - {{ tolerance }}) * expected.{{ min_column }}
    or model.{{ count_column }} > expected.{{ max_column }}

{% endtest %}
