{#- Where an incremental model puts its new rows first. dbt's own way takes a temporary table for a
    Python model too, but cannot make one (the model writes through another connection), and leaves
    an ordinary table in the warehouse with every run: here it is told to drop it. -#}
{% macro duckdb__dispatch_temporary_relation(target_relation, batch_id='') %}
    {{ return({
        'relation': make_temp_relation(target_relation),
        'temporary': model.language != 'python',
    }) }}
{% endmacro %}
