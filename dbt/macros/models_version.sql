{#- A digest of the project's models, seeds and variables: what they have counted is counted anew
    when one of them has changed. -#}
{% macro models_version() %}
    {%- set written = [] -%}
    {%- for node in graph.get('nodes', {}).values() if node.resource_type in ('model', 'seed') -%}
        {%- do written.append(node.checksum.checksum) -%}
    {%- endfor -%}
    {%- for name in ('first_month', 'top_companies') -%}
        {%- do written.append(var(name) | string) -%}
    {%- endfor -%}
    {{ return(local_md5(written | sort | join)) }}
{% endmacro %}
