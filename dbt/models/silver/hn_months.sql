with threads as (

    select * from {{ ref('hn_threads') }}

),

-- Dense from the first thread to the newest month loaded: a month without a load is
-- a row with no jobs.
months as (

    select unnest(range(
        '{{ var("first_month") }}'::date,
        (select max(threads.month) from threads) + interval 1 month,
        interval 1 month
    ))::date as month

),

reads as (

    select
        try_cast(partition || '-01' as date) as month,
        max(started_at) as read_at
    from {{ ref('stg_loads') }}
    where source = 'hacker_news'
    group by partition

),

-- A month is complete once it, or a later month, was read after its end. The
-- window runs from the newest month down, so max() covers the later ones. This
-- depends on the loads and not on the clock: a rebuild gives the same answer.
completeness as (

    select
        months.month,
        coalesce(
            max(reads.read_at) over (
                order by months.month desc
                rows between unbounded preceding and current row
            ) >= timezone('UTC', months.month + interval 1 month),
            false
        ) as is_complete
    from months
    left join reads on months.month = reads.month

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
        -- sum(), not bit_xor(): hash() is linear in xor, so a version that changes in
        -- an even number of jobs would cancel out.
        sum(fingerprint) as fingerprint
    from jobs
    group by month

)

select
    completeness.month,
    completeness.is_complete,
    coalesce(counted.total_jobs, 0) as total_jobs,
    hash(
        counted.total_jobs,
        counted.fingerprint,
        completeness.is_complete,
        '{{ models_version() }}'
    ) as jobs_fingerprint
from completeness
left join counted on completeness.month = counted.month
