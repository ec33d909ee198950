{#- The rules of a model's rows in one query. As one dbt test a rule they were 114 tests, whose starts and
    connections cost more than all of their scans. Returns a row for each rule and record that breaks it.

    unique: keys, each a column or a list of columns; a key column is not null either.
    not_null: columns.
    accepted_values: {column: values}; null passes.
    relationships: {column: {to: ref('model'), field: column}}; null passes.
    expressions: conditions on one row; null fails.
    record: the columns that identify a row in the answer; default: the first key. -#}
{% test row_rules(
    model,
    unique=[],
    not_null=[],
    accepted_values={},
    relationships={},
    expressions=[],
    record=none
) %}

{%- set keys = [] -%}
{%- set required = [] -%}
{%- for key in unique -%}
    {%- do keys.append([key] if key is string else key) -%}
    {%- do required.extend(keys[-1]) -%}
{%- endfor -%}
{%- set identity = (record or keys[0]) | join(', ') -%}

{#- {what the answer says: the condition under which a row breaks the rule} -#}
{%- set rules = {} -%}
{%- for column in required + not_null -%}
    {%- do rules.update({'not_null: ' ~ column: column ~ ' is null'}) -%}
{%- endfor -%}
{%- for column, values in accepted_values.items() -%}
    {%- do rules.update({
        'accepted_values: ' ~ column: column ~ " not in ('" ~ values | join("', '") ~ "')"
    }) -%}
{%- endfor -%}
{#- `not in` over a list with a null is never true: nulls are filtered from the referenced column. -#}
{%- for column, target in relationships.items() -%}
    {%- do rules.update({
        'relationships: ' ~ column:
            column ~ ' not in (select ' ~ target.field ~ ' from ' ~ target.to
            ~ ' where ' ~ target.field ~ ' is not null)'
    }) -%}
{%- endfor -%}
{%- for expression in expressions -%}
    {%- do rules.update({
        'expressions: ' ~ expression: 'not coalesce((' ~ expression ~ '), false)'
    }) -%}
{%- endfor -%}

with broken as (

    select
        concat_ws(', ', {{ identity }}) as record,
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
    'unique: {{ key | join(", ") }}' as rule,
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
