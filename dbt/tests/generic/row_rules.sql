{#- What every row of a model must be, in one query: as a test for each rule, the starts and
    connections of a hundred tests cost more than all of their scans. Fails with a row for each
    rule and record that breaks it, both by name.

    unique: keys, each a column or a list of columns; none of them null, none there twice.
    not_null: columns.
    accepted: the values that a column may have, by column; null is none of the test's business.
    known: by column, where its values come from: {to: ref('model'), field: column}.
    holds: expressions; one that is null does not hold.
    record: the columns that name a row, if it is not the first key. -#}
{% test well_formed(
    model, unique=[], not_null=[], accepted={}, known={}, holds=[], record=none
) %}

{%- set keys = [] -%}
{%- set required = [] -%}
{%- for key in unique -%}
    {%- do keys.append([key] if key is string else key) -%}
    {%- do required.extend(keys[-1]) -%}
{%- endfor -%}
{%- set named = (record or keys[0]) | join(', ') -%}

{%- set rules = {} -%}
{%- for column in required + not_null -%}
    {%- do rules.update({column ~ ' is null': column ~ ' is null'}) -%}
{%- endfor -%}
{%- for column, values in accepted.items() -%}
    {%- do rules.update({
        column ~ ' has a value that is not accepted':
            column ~ " not in ('" ~ values | join("', '") ~ "')"
    }) -%}
{%- endfor -%}
{%- for column, origin in known.items() -%}
    {%- do rules.update({
        column ~ ' is not among ' ~ origin.field:
            column ~ ' not in (select ' ~ origin.field ~ ' from ' ~ origin.to
            ~ ' where ' ~ origin.field ~ ' is not null)'
    }) -%}
{%- endfor -%}
{%- for expression in holds -%}
    {%- do rules.update({
        'does not hold: ' ~ expression: 'not coalesce((' ~ expression ~ '), false)'
    }) -%}
{%- endfor -%}

with broken as (

    select
        concat_ws(', ', {{ named }}) as record,
        unnest([
            {% for rule, condition in rules.items() %}
            case when {{ condition }} then '{{ rule | replace("'", "''") }}' end,
            {% endfor %}
            null
        ]) as rule
    from {{ model }}
    where {{ rules.values() | join(' or ') }}

)

{% for key in keys %}
select
    '{{ key | join(", ") }} is there more than once' as rule,
    concat_ws(', ', {{ key | join(', ') }}) as record
from {{ model }}
group by {{ key | join(', ') }}
having count(*) > 1

union all
{% endfor %}

select
    rule,
    record
from broken
where rule is not null

{% endtest %}
