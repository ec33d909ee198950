-- a job is counted once: the posting that stands for others has none that stands for it
select duplicates.posting_id
from {{ ref('posting_duplicates') }} as duplicates
inner join {{ ref('posting_duplicates') }} as chained
    on duplicates.duplicate_of = chained.posting_id
