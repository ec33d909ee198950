{#- A digest of the project's models, seeds, macros and variables. It is part of jobs_fingerprint: when
    one of them changes, the marts count every month again. -#}
{% macro models_version() %}
    {%- set written = macro_sources() -%}
    {%- for node in graph.get('nodes', {}).values() if node.resource_type in ('model', 'seed') -%}
        {%- do written.append(node.checksum.checksum) -%}
    {%- endfor -%}
    {%- for name in ('first_month', 'top_companies') -%}
        {%- do written.append(var(name) | string) -%}
    {%- endfor -%}
    {#- Sorted: dbt does not promise the order of the graph. -#}
    {{ return(local_md5(written | sort | join)) }}
{% endmacro %}

{#- A digest of what makes one model: its own code, that of all its ancestors, and the macros. -#}
{% macro code_version(name) %}
    {%- set written = macro_sources() -%}
    {%- set pending, seen = ['model.' ~ project_name ~ '.' ~ name], [] -%}
    {#- Breadth first: the loop appends to the list it runs over, and `seen` keeps each node to once. -#}
    {%- for key in pending if key in graph.get('nodes', {}) and key not in seen -%}
        {%- set node = graph.nodes[key] -%}
        {%- do seen.append(key) -%}
        {%- do written.append(node.checksum.checksum) -%}
        {%- do pending.extend(node.depends_on.get('nodes', [])) -%}
    {%- endfor -%}
    {{ return(local_md5(written | sort | join)) }}
{% endmacro %}

{#- The source of each macro of the project, tests excepted. All macros, because dbt records for a model
    only those that were called while it was parsed. `graph` has no macros; the project's namespace in
    the context has: https://docs.getdbt.com/reference/dbt-jinja-functions/context -#}
{% macro macro_sources() %}
    {%- set written = [] -%}
    {%- for name, generator in context[project_name].items() if not name.startswith('test_') -%}
        {%- do written.append(generator.macro.macro_sql) -%}
    {%- endfor -%}
    {{ return(written) }}
{% endmacro %}
