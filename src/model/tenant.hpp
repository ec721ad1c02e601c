// A tenant and what it may use.
//
// Threads: any (values).  Suspends: never.  Errors: none.
#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "model/job.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::model {

struct TenantLimits {
    std::int32_t max_cpu = 10;             ///< cores over all active jobs, 1-1000
    std::int32_t max_memory_gi = 20;       ///< GiB over all active jobs, 1-5000
    std::int32_t max_concurrent_jobs = 2;  ///< active jobs, 1-200
    std::int32_t max_queued_jobs = 1000;   ///< QUEUED jobs, 0-1,000,000
    std::int32_t priority_weight = 1;      ///< share of the slots against other tenants, 1-100
    OnLimit on_limit = OnLimit::kReject;

    bool operator==(const TenantLimits&) const = default;
};

struct Tenant {
    TenantId id;  ///< also its Kubernetes namespace
    TenantLimits limits;
    std::vector<std::string> s3_prefixes;
    Instant created_at;
};

/// What active jobs (PENDING and RUNNING) take of the limits, and how many wait.
struct TenantUsage {
    std::int32_t active_jobs = 0;
    std::int32_t cpu = 0;
    std::int32_t memory_gi = 0;
    std::int32_t queued_jobs = 0;
    std::int64_t storage_bytes = 0;
};

/// Lower case, `_` and blank to `-`: how ids are written at registration and in paths.
[[nodiscard]] std::string normalize_tenant_id(std::string_view text);

/// `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`
[[nodiscard]] bool is_tenant_id(std::string_view text);

/// `kube-*`, `default`, `signalbox*`, or one of `further`.
[[nodiscard]] bool is_reserved_tenant_id(
    std::string_view text, const std::vector<std::string>& further
);

}  // namespace signalbox::model
