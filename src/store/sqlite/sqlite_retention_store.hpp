// RetentionStore on the embedded database.
//
// Threads: event loop.  Suspends: everything.  Errors: as RetentionStore.
#pragma once

#include "store/retention_store.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace signalbox::store::sqlite {

class SqliteRetentionStore final : public RetentionStore {
public:
    /// The database must outlive the store.
    explicit SqliteRetentionStore(SqliteDatabase& database) : database_(database) {}

    Task<Result<std::optional<Instant>>> last_submission() override;
    Task<Result<std::vector<FinishedJob>>> list_with_results(Instant before, std::int64_t limit)
        override;
    Task<Result<std::vector<FinishedJob>>> list_with_logs(Instant before, std::int64_t limit)
        override;
    Task<Result<std::vector<FinishedJob>>> list_records(Instant before, std::int64_t limit)
        override;
    Task<Result<void>> forget_log(JobId id) override;
    Task<Result<void>> forget_record(JobId id) override;
    Task<Result<std::int64_t>> purge_expired(Instant before, std::int64_t max_keys) override;

private:
    Task<Result<std::vector<FinishedJob>>> list(
        std::string source, Instant before, std::int64_t limit
    );

    SqliteDatabase& database_;
};

}  // namespace signalbox::store::sqlite
