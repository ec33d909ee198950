-- A job counts once: the posting that duplicates refer to is no duplicate itself.
select duplicates.posting_id
from {{ ref('posting_duplicates') }} as duplicates
inner join {{ ref('posting_duplicates') }} as chained
    on duplicates.duplicate_of = chained.posting_id
