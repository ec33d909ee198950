{#- The rows counted for a key lie within what a seed expects of it; keys on one side only are
    not compared. `slack`: the share that may be deleted since somebody counted. -#}
{% test row_counts_as_expected(model, expected, key, counted, least, most, slack) %}

select
    expected.{{ key }},
    model.{{ counted }},
    expected.{{ least }},
    expected.{{ most }}
from {{ model }} as model
inner join {{ expected }} as expected on model.{{ key }} = expected.{{ key }}
where
    model.{{ counted }} < (1 - {{ slack }}) * expected.{{ least }}
    or model.{{ counted }} > expected.{{ most }}

{% endtest %}
