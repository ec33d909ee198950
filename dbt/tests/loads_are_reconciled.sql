-- the accounts of every load add up
select *
from {{ source('bronze', 'loads') }}
where
    expected <> fetched + missing
    or fetched <> inserted + unchanged + rejected
    or tombstones > fetched
    or updated > inserted
