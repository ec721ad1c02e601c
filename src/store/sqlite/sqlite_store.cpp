#include "store/sqlite/sqlite_store.hpp"

#include "store/sqlite/sqlite_database.hpp"
#include "store/sqlite/sqlite_job_store.hpp"
#include "store/sqlite/sqlite_retention_store.hpp"
#include "store/sqlite/sqlite_run_store.hpp"
#include "store/sqlite/sqlite_scenario_store.hpp"
#include "store/sqlite/sqlite_tenant_store.hpp"

#include <utility>

namespace signalbox::store {

struct SqliteStore::Parts {
    Parts(std::unique_ptr<sqlite::SqliteDatabase> opened, model::RetryPolicy policy)
        : database(std::move(opened)),
          jobs(*database),
          runs(*database, policy),
          tenants(*database),
          scenarios(*database),
          retention(*database) {}

    std::unique_ptr<sqlite::SqliteDatabase> database;
    sqlite::SqliteJobStore jobs;
    sqlite::SqliteRunStore runs;
    sqlite::SqliteTenantStore tenants;
    sqlite::SqliteScenarioStore scenarios;
    sqlite::SqliteRetentionStore retention;
};

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(
    Executor loop,
    async::BlockingPool& pool,
    const std::filesystem::path& path,
    model::RetryPolicy policy
) {
    SB_TRY(auto database, sqlite::SqliteDatabase::open(loop, pool, path));
    return std::unique_ptr<SqliteStore>(
        new SqliteStore(std::make_unique<Parts>(std::move(database), policy))
    );
}

SqliteStore::SqliteStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

SqliteStore::~SqliteStore() = default;

JobStore& SqliteStore::jobs() {
    return parts_->jobs;
}

RunStore& SqliteStore::runs() {
    return parts_->runs;
}

TenantStore& SqliteStore::tenants() {
    return parts_->tenants;
}

ScenarioStore& SqliteStore::scenarios() {
    return parts_->scenarios;
}

RetentionStore& SqliteStore::retention() {
    return parts_->retention;
}

Task<void> SqliteStore::stop() {
    return parts_->database->stop();
}

}  // namespace signalbox::store
