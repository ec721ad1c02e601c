// The suite of all stores, on SQLite.
#include "store/sqlite/sqlite_store.hpp"
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

INSTANTIATE_TEST_SUITE_P(
    Sqlite,
    StoreSuite,
    ::testing::Values(StoreMaker{
        .name = "sqlite",
        .make = [](Executor loop, async::BlockingPool& pool) -> std::unique_ptr<StoreUnderTest> {
            return std::make_unique<SqliteUnderTest>(loop, pool);
        }
    }),
    [](const auto& info) { return info.param.name; }
);

}  // namespace
}  // namespace signalbox::store
