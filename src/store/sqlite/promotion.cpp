#include "store/sqlite/promotion.hpp"

#include "store/admission.hpp"
#include "store/sqlite/job_rows.hpp"
#include "store/sqlite/row_reader.hpp"
#include "store/sqlite/tenant_rows.hpp"

#include <algorithm>

namespace signalbox::store::sqlite {

namespace {

struct Candidate {
    std::int64_t seq = 0;
    JobId id;
    Demand demand;
};

Result<Candidate> read_candidate(const Query& query) {
    RowReader row(query);
    Candidate candidate;
    candidate.seq = row.integer();
    candidate.id.text = row.text();
    candidate.demand.cpu = row.integer();
    candidate.demand.memory_bytes = row.integer();
    return candidate;
}

// The tenant's queue from its head, as far as its free places reach.
Result<std::vector<Candidate>> list_candidates(
    Connection& connection, const model::Tenant& tenant, std::int64_t count
) {
    return collect(
        connection.query(
            "SELECT seq, id, cpu, memory_bytes FROM jobs INDEXED BY jobs_queued"
            " WHERE tenant = ?1 AND status = 'QUEUED' AND cpu <= ?2 AND memory_bytes <= ?3"
            " ORDER BY priority DESC, id LIMIT ?4",
            tenant.id.text,
            tenant.limits.max_cpu,
            tenant.limits.max_memory_gi * kGibibyte,
            count
        ),
        read_candidate
    );
}

Result<void> promote(Connection& connection, const Candidate& candidate, Instant now) {
    SB_OK(connection.run("UPDATE jobs SET status = 'PENDING' WHERE seq = ?1", candidate.seq));
    return note_change(connection, candidate.seq, model::JobStatus::kPending, "", 0, now);
}

Result<std::vector<JobId>> promote_of_tenant(
    Connection& connection, const TenantId& id, std::int64_t max_jobs, Instant now
) {
    std::vector<JobId> promoted;
    SB_TRY(const model::Tenant tenant, get_tenant_row(connection, id));
    SB_TRY(ActiveUse use, count_active(connection, id));
    const std::int64_t places = std::min(max_jobs, tenant.limits.max_concurrent_jobs - use.jobs);
    if (places <= 0) {
        return promoted;
    }
    SB_TRY(const auto candidates, list_candidates(connection, tenant, places));
    for (const Candidate& candidate : candidates) {
        if (!fits_now(tenant.limits, use, candidate.demand)) {
            break;
        }
        SB_OK(promote(connection, candidate, now));
        use.jobs += 1;
        use.cpu += candidate.demand.cpu;
        use.memory_bytes += candidate.demand.memory_bytes;
        promoted.push_back(candidate.id);
    }
    return promoted;
}

}  // namespace

Result<std::vector<JobId>> promote_jobs(
    Connection& connection, std::int64_t max_jobs, Instant now
) {
    SB_TRY(
        const auto tenants,
        collect(
            connection.query("SELECT tenant FROM job_counts INDEXED BY job_counts_present"
                             " WHERE status = 'QUEUED' AND n > 0 ORDER BY tenant"),
            [](const Query& row) -> Result<TenantId> { return TenantId{row.text(0)}; }
        )
    );
    std::vector<JobId> promoted;
    for (const TenantId& tenant : tenants) {
        const std::int64_t left = max_jobs - static_cast<std::int64_t>(promoted.size());
        if (left <= 0) {
            break;
        }
        SB_TRY(const auto jobs, promote_of_tenant(connection, tenant, left, now));
        promoted.insert(promoted.end(), jobs.begin(), jobs.end());
    }
    return promoted;
}

}  // namespace signalbox::store::sqlite
