{#- Unix seconds as text to a timestamp. Null for text that is no number, and outside 1970 to 2100, where
    to_timestamp would raise or give a date that no source means. -#}
{% macro epoch_to_timestamp(text) -%}
    case
        when try_cast({{ text }} as bigint) between 0 and 4102444800
            then to_timestamp(try_cast({{ text }} as bigint))
    end
{%- endmacro %}
