{#- A digest of the project's models, seeds, macros and variables: what they have counted is counted
    again when one of them changes. -#}
{% macro models_version() %}
    {%- set written = written_in_macros() -%}
    {%- for node in graph.get('nodes', {}).values() if node.resource_type in ('model', 'seed') -%}
        {%- do written.append(node.checksum.checksum) -%}
    {%- endfor -%}
    {%- for name in ('first_month', 'top_companies') -%}
        {%- do written.append(var(name) | string) -%}
    {%- endfor -%}
    {{ return(local_md5(written | sort | join)) }}
{% endmacro %}

{#- A digest of what makes one model: its SQL or Python, all that it is made of, and the macros. -#}
{% macro code_version(name) %}
    {%- set written = written_in_macros() -%}
    {%- set pending, seen = ['model.' ~ project_name ~ '.' ~ name], [] -%}
    {#- A loop over a list that grows meanwhile: each node once, its parents after it. -#}
    {%- for key in pending if key in graph.get('nodes', {}) and key not in seen -%}
        {%- set node = graph.nodes[key] -%}
        {%- do seen.append(key) -%}
        {%- do written.append(node.checksum.checksum) -%}
        {%- do pending.extend(node.depends_on.get('nodes', [])) -%}
    {%- endfor -%}
    {{ return(local_md5(written | sort | join)) }}
{% endmacro %}

{#- The text of each of the project's macros but its tests'. All of them: dbt notes for a model only
    those that were called while it was parsed. `graph` has none, whoever runs dbt; a macro's own
    namespace has them: https://docs.getdbt.com/reference/dbt-jinja-functions/context -#}
{% macro written_in_macros() %}
    {%- set written = [] -%}
    {%- for name, generator in context[project_name].items() if not name.startswith('test_') -%}
        {%- do written.append(generator.macro.macro_sql) -%}
    {%- endfor -%}
    {{ return(written) }}
{% endmacro %}
