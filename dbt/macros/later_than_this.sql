{#- For an incremental run: only rows that were loaded after the newest one already built. -#}
{% macro later_than_this(column) %}
    (
        select coalesce(max({{ column }}), '-infinity'::timestamptz)
        from {{ this }}
    ) < {{ column }}
{% endmacro %}
