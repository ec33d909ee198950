with seed as (

    select * from {{ ref('technologies') }}

)

select
    -- ids
    technology_id,

    -- text
    name,
    category,
    coalesce(string_split(nullif(aliases, ''), '|'), []::varchar[]) as aliases

from seed
