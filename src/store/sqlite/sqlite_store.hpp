// The records of the embedded default: one SQLite file, and the five stores on it.
//
// Threads: the event loop; open() and the destructor block.  Suspends: stop.
// Errors: open: a file that is foreign, damaged, newer than the program or cannot be opened, each
// with a sentence that names it.
#pragma once

#include "async/blocking_pool.hpp"
#include "async/task.hpp"
#include "base/error.hpp"
#include "model/retry_policy.hpp"
#include "store/job_store.hpp"
#include "store/retention_store.hpp"
#include "store/run_store.hpp"
#include "store/scenario_store.hpp"
#include "store/tenant_store.hpp"

#include <filesystem>
#include <memory>

namespace signalbox::store {

class SqliteStore {
public:
    /// The directory of `path` must exist. The pool must outlive the store.
    static Result<std::unique_ptr<SqliteStore>> open(
        Executor loop,
        async::BlockingPool& pool,
        const std::filesystem::path& path,
        model::RetryPolicy policy
    );

    ~SqliteStore();
    SqliteStore(const SqliteStore&) = delete;
    SqliteStore& operator=(const SqliteStore&) = delete;

    [[nodiscard]] JobStore& jobs();
    [[nodiscard]] RunStore& runs();
    [[nodiscard]] TenantStore& tenants();
    [[nodiscard]] ScenarioStore& scenarios();
    [[nodiscard]] RetentionStore& retention();

    /// Writes what is queued; writes after that are kUnavailable, reads go on.
    Task<void> stop();

private:
    struct Parts;
    explicit SqliteStore(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

}  // namespace signalbox::store
