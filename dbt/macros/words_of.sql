{#- A text's words in lower case, one space between: what two spellings of a name share. -#}
{% macro words_of(column) %}
    trim(regexp_replace(lower(strip_accents({{ column }})), '[^\pL\pN]+', ' ', 'g'))
{% endmacro %}
