with threads as (

    select * from {{ ref('hn_threads') }}

),

-- dense from the first thread to the newest month loaded
months as (

    select unnest(range(
        '{{ var("first_month") }}'::date,
        (select max(threads.month) from threads) + interval 1 month,
        interval 1 month
    ))::date as month

),

jobs as (

    select
        month,
        hash(posting_id, payload_hash, classifier_version) as fingerprint
    from {{ ref('int_postings__jobs') }}
    where source = 'hacker_news'

),

counted as (

    select
        month,
        count(*) as total_jobs,
        -- not bit_xor: in that what two jobs share cancels out
        sum(fingerprint) as fingerprint
    from jobs
    group by month

)

select
    months.month,
    coalesce(counted.total_jobs, 0) as total_jobs,
    hash(
        counted.total_jobs, counted.fingerprint, '{{ models_version() }}'
    ) as jobs_fingerprint
from months
left join counted on months.month = counted.month
