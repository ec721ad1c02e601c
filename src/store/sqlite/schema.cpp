#include "store/sqlite/schema.hpp"

#include <array>
#include <string>
#include <string_view>

namespace signalbox::store::sqlite {

namespace {

constexpr std::int64_t kApplicationId = 0x53425831;  // "SBX1"

// How the queues are found:
//   jobs_queued   what could be promoted, in order, with what it takes
//   jobs_waiting  PENDING jobs without an open attempt, in order of claiming
//   jobs_active   the rows that limits are counted from
// Every filter that lists offer has an index that ends in the id, so that a page reads only the
// rows it shows. job_counts and tenants.storage_bytes are kept by triggers, within the same
// transaction as the rows they sum up.
//
// The program itself never reads usage, figures, sumo and last_beat of attempts, nor holder and
// taken_at of leases: they are for people who look at what happened.
constexpr std::string_view kTenantTables = R"(
CREATE TABLE tenants (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    max_cpu INTEGER NOT NULL,
    max_memory_gi INTEGER NOT NULL,
    max_concurrent_jobs INTEGER NOT NULL,
    max_queued_jobs INTEGER NOT NULL,
    priority_weight INTEGER NOT NULL,
    on_limit TEXT NOT NULL,
    s3_prefixes TEXT NOT NULL,
    storage_bytes INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE TABLE api_keys (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    tenant TEXT REFERENCES tenants(id),
    scope TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT;
CREATE INDEX api_keys_of_tenant ON api_keys(tenant) WHERE tenant IS NOT NULL;
CREATE INDEX api_keys_ending ON api_keys(expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE scenarios (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant TEXT NOT NULL REFERENCES tenants(id),
    scenario_id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    config_files TEXT NOT NULL,
    warnings TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    UNIQUE (tenant, scenario_id)
) STRICT;
CREATE INDEX scenarios_of_tenant ON scenarios(tenant, seq);
CREATE INDEX scenarios_by_archive ON scenarios(sha256);

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    taken_at INTEGER NOT NULL
) STRICT;
)";

constexpr std::string_view kJobTables = R"(
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL REFERENCES tenants(id),
    status TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    scenario_id TEXT NOT NULL,
    scenario_sha256 TEXT NOT NULL,
    scenario_bytes INTEGER NOT NULL,
    cpu INTEGER NOT NULL,
    memory_gi INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    config_file TEXT NOT NULL,
    sumo_version TEXT NOT NULL,
    seed INTEGER,
    end_time REAL,
    args TEXT NOT NULL,
    timeout_seconds INTEGER NOT NULL,
    warnings TEXT NOT NULL,
    retry_of TEXT,
    callback_url TEXT NOT NULL,
    submitted_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    progress TEXT NOT NULL DEFAULT '',
    figures TEXT NOT NULL DEFAULT '',
    attempt INTEGER NOT NULL DEFAULT 0,
    attempt_open INTEGER NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    memory_bytes INTEGER NOT NULL,
    not_before INTEGER NOT NULL DEFAULT 0,
    infrastructure_retries INTEGER NOT NULL DEFAULT 0,
    out_of_memory_retries INTEGER NOT NULL DEFAULT 0,
    has_results INTEGER NOT NULL DEFAULT 0,
    has_log INTEGER NOT NULL DEFAULT 0,
    result_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX jobs_by_tenant ON jobs(tenant, id);
CREATE INDEX jobs_by_tenant_status ON jobs(tenant, status, id);
CREATE INDEX jobs_by_tenant_scenario ON jobs(tenant, scenario_id, id);
CREATE INDEX jobs_by_tenant_scenario_status ON jobs(tenant, scenario_id, status, id);
CREATE INDEX jobs_by_status ON jobs(status, id);
CREATE INDEX jobs_by_submission ON jobs(submitted_at);
CREATE INDEX jobs_by_archive ON jobs(scenario_sha256);
CREATE INDEX jobs_queued ON jobs(tenant, priority DESC, id, cpu, memory_bytes)
    WHERE status = 'QUEUED';
CREATE INDEX jobs_waiting ON jobs(tenant, priority DESC, id, not_before, memory_bytes)
    WHERE status = 'PENDING' AND attempt_open = 0;
CREATE INDEX jobs_active ON jobs(tenant, cpu, memory_bytes)
    WHERE status IN ('PENDING', 'RUNNING');
CREATE INDEX jobs_finished ON jobs(finished_at)
    WHERE finished_at IS NOT NULL AND pinned = 0;
CREATE INDEX jobs_with_results ON jobs(finished_at)
    WHERE finished_at IS NOT NULL AND pinned = 0 AND has_results = 1;
CREATE INDEX jobs_with_log ON jobs(finished_at)
    WHERE finished_at IS NOT NULL AND pinned = 0 AND has_log = 1;

CREATE TABLE attempts (
    seq INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs(seq) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    epoch INTEGER NOT NULL,
    place TEXT NOT NULL,
    phase INTEGER NOT NULL DEFAULT 0,
    memory_bytes INTEGER NOT NULL,
    claimed_at INTEGER NOT NULL,
    running_at INTEGER,
    last_beat INTEGER NOT NULL,
    finished_at INTEGER,
    lost INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    verdict_hash TEXT NOT NULL DEFAULT '',
    usage TEXT NOT NULL DEFAULT '',
    figures TEXT NOT NULL DEFAULT '',
    sumo TEXT NOT NULL DEFAULT '',
    sumo_version TEXT NOT NULL DEFAULT '',
    UNIQUE (job, n)
) STRICT;
CREATE INDEX attempts_open ON attempts(tenant, memory_bytes) WHERE finished_at IS NULL;

CREATE TABLE result_files (
    seq INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs(seq) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    UNIQUE (job, attempt, path)
) STRICT;

CREATE TABLE history (
    seq INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs(seq) ON DELETE CASCADE,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    attempt INTEGER,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX history_of_job ON history(job);

CREATE TABLE idempotency_keys (
    seq INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    job INTEGER NOT NULL REFERENCES jobs(seq) ON DELETE CASCADE,
    status TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    UNIQUE (tenant, key)
) STRICT;
CREATE INDEX idempotency_keys_of_job ON idempotency_keys(job);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys(stored_at);
)";

constexpr std::string_view kSums = R"(
CREATE TABLE job_counts (
    tenant TEXT NOT NULL,
    status TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (tenant, status)
) STRICT;
CREATE INDEX job_counts_present ON job_counts(status, tenant) WHERE n > 0;

CREATE TRIGGER jobs_counted_in AFTER INSERT ON jobs BEGIN
    INSERT INTO job_counts(tenant, status, n) VALUES (new.tenant, new.status, 1)
        ON CONFLICT (tenant, status) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER jobs_counted_on AFTER UPDATE OF status ON jobs WHEN old.status <> new.status BEGIN
    UPDATE job_counts SET n = n - 1 WHERE tenant = old.tenant AND status = old.status;
    INSERT INTO job_counts(tenant, status, n) VALUES (new.tenant, new.status, 1)
        ON CONFLICT (tenant, status) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER jobs_counted_out AFTER DELETE ON jobs BEGIN
    UPDATE job_counts SET n = n - 1 WHERE tenant = old.tenant AND status = old.status;
    UPDATE tenants SET storage_bytes = storage_bytes - old.result_bytes
        WHERE id = old.tenant AND old.result_bytes > 0;
END;
CREATE TRIGGER results_weighed AFTER UPDATE OF result_bytes ON jobs
    WHEN old.result_bytes <> new.result_bytes
BEGIN
    UPDATE tenants SET storage_bytes = storage_bytes + new.result_bytes - old.result_bytes
        WHERE id = new.tenant;
END;
)";

/// One step: its parts run in order.
using Step = std::array<std::string_view, 3>;
constexpr std::array<Step, 1> kSteps{{{kTenantTables, kJobTables, kSums}}};

Result<std::int64_t> pragma(Connection& connection, std::string_view name) {
    SB_TRY(const auto value, connection.find_integer("PRAGMA " + std::string(name)));
    return value.value_or(0);
}

Result<void> apply(Connection& connection, std::size_t number) {
    SB_OK(connection.run_script("BEGIN IMMEDIATE"));
    std::string script;
    for (const std::string_view part : kSteps[number]) {
        script += part;
    }
    script += "PRAGMA application_id = " + std::to_string(kApplicationId) + ";";
    script += "PRAGMA user_version = " + std::to_string(number + 1) + "; COMMIT;";
    auto applied = connection.run_script(script);
    if (!applied && connection.in_transaction()) {
        SB_OK(connection.run_script("ROLLBACK"));
    }
    return applied;
}

}  // namespace

int schema_version() {
    return static_cast<int>(kSteps.size());
}

Result<void> check_owner_and_version(Connection& connection) {
    SB_TRY(const auto owner, pragma(connection, "application_id"));
    SB_TRY(const auto tables, connection.find_integer("SELECT count(*) FROM sqlite_schema"));
    if (owner != kApplicationId && (owner != 0 || tables != 0)) {
        return fail(
            Code::kInternal,
            "DATABASE_FOREIGN",
            connection.path().string() + " is a database of another program (application id " +
                std::to_string(owner) + "); give the server a data directory of its own"
        );
    }
    SB_TRY(const auto version, pragma(connection, "user_version"));
    if (version > schema_version()) {
        return fail(
            Code::kInternal,
            "DATABASE_NEWER",
            "the database " + connection.path().string() + " has schema version " +
                std::to_string(version) + ", this program knows versions up to " +
                std::to_string(schema_version()) + "; start a newer signalboxd or restore a backup"
        );
    }
    return {};
}

Result<void> migrate(Connection& connection) {
    SB_TRY(const auto version, pragma(connection, "user_version"));
    for (auto number = static_cast<std::size_t>(version); number < kSteps.size(); ++number) {
        SB_OK(apply(connection, number));
    }
    return {};
}

}  // namespace signalbox::store::sqlite
