{#- Unix seconds as text to a timestamp; null for what is no time of this century or the last. -#}
{% macro epoch_to_timestamp(text) -%}
    case
        when try_cast({{ text }} as bigint) between 0 and 4102444800
            then to_timestamp(try_cast({{ text }} as bigint))
    end
{%- endmacro %}
