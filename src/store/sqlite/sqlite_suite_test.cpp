// The suite of all stores, on SQLite.
#include "store/sqlite/schema.hpp"
#include "store/sqlite/sqlite_job_store.hpp"
#include "store/sqlite/sqlite_retention_store.hpp"
#include "store/sqlite/sqlite_run_store.hpp"
#include "store/sqlite/sqlite_scenario_store.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "store/sqlite/sqlite_tenant_store.hpp"
#include "store/suite/store_suite.hpp"
#include "tests/support/temporary_directory.hpp"

#include <stdexcept>

namespace signalbox::store {
namespace {

class SqliteUnderTest final : public StoreUnderTest {
public:
    SqliteUnderTest(Executor loop, async::BlockingPool& pool) : loop_(loop), pool_(pool) { open(); }

    JobStore& jobs() override { return store_->jobs(); }

    RunStore& runs() override { return store_->runs(); }

    TenantStore& tenants() override { return store_->tenants(); }

    ScenarioStore& scenarios() override { return store_->scenarios(); }

    RetentionStore& retention() override { return store_->retention(); }

    void reopen() override {
        store_.reset();
        open();
    }

private:
    void open() {
        auto opened = SqliteStore::open(loop_, pool_, directory_.path() / "records.db", {});
        if (!opened) {
            throw std::runtime_error(opened.error().message());
        }
        store_ = *std::move(opened);
    }

    Executor loop_;
    async::BlockingPool& pool_;
    testing::TemporaryDirectory directory_;
    std::unique_ptr<SqliteStore> store_;
};

// As simulations use them: without threads.
class InlineUnderTest final : public StoreUnderTest {
public:
    InlineUnderTest() : stores_(std::in_place, directory_.path() / "records.db") {}

    JobStore& jobs() override { return stores_->jobs; }

    RunStore& runs() override { return stores_->runs; }

    TenantStore& tenants() override { return stores_->tenants; }

    ScenarioStore& scenarios() override { return stores_->scenarios; }

    RetentionStore& retention() override { return stores_->retention; }

    void reopen() override {
        stores_.reset();
        stores_.emplace(directory_.path() / "records.db");
    }

private:
    struct Stores {
        explicit Stores(const std::filesystem::path& path)
            : connection(open(path)),
              database(sqlite::SqliteDatabase::open_inline(connection)),
              jobs(*database),
              runs(*database, model::RetryPolicy{}),
              tenants(*database),
              scenarios(*database),
              retention(*database) {}

        static sqlite::Connection open(const std::filesystem::path& path) {
            auto opened = sqlite::Connection::open(path, sqlite::Connection::Mode::kReadWrite);
            if (!opened || !opened->run_script("PRAGMA foreign_keys = ON") ||
                !sqlite::migrate(*opened)) {
                throw std::runtime_error("no database");
            }
            return *std::move(opened);
        }

        sqlite::Connection connection;
        std::unique_ptr<sqlite::SqliteDatabase> database;
        sqlite::SqliteJobStore jobs;
        sqlite::SqliteRunStore runs;
        sqlite::SqliteTenantStore tenants;
        sqlite::SqliteScenarioStore scenarios;
        sqlite::SqliteRetentionStore retention;
    };

    testing::TemporaryDirectory directory_;
    std::optional<Stores> stores_;
};

INSTANTIATE_TEST_SUITE_P(
    Sqlite,
    StoreSuite,
    ::testing::Values(
        StoreMaker{
            .name = "sqlite",
            .make = [](Executor loop,
                       async::BlockingPool& pool) -> std::unique_ptr<StoreUnderTest> {
                return std::make_unique<SqliteUnderTest>(loop, pool);
            }
        },
        StoreMaker{
            .name = "inline",
            .make = [](Executor, async::BlockingPool&) -> std::unique_ptr<StoreUnderTest> {
                return std::make_unique<InlineUnderTest>();
            }
        }
    ),
    [](const auto& info) { return info.param.name; }
);

}  // namespace
}  // namespace signalbox::store
