// What only the SQLite store can meet: foreign, newer and damaged files, a full disk, its indexes.
#include "store/sqlite/sqlite_store.hpp"

#include "async/event_loop.hpp"
#include "base/fs.hpp"
#include "base/random.hpp"
#include "base/uuid.hpp"
#include "store/sqlite/integrity.hpp"
#include "store/sqlite/job_lists.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/sqlite_job_store.hpp"
#include "store/sqlite/sqlite_tenant_store.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace signalbox::store::sqlite {
namespace {

using ::testing::HasSubstr;

class SqliteFile : public ::testing::Test {
protected:
    Result<std::unique_ptr<SqliteStore>> open() {
        return SqliteStore::open(loop.executor(), pool, path, {});
    }

    std::string refusal() {
        const auto opened = open();
        return opened ? "opened" : opened.error().message();
    }

    template <class T>
    T run(Task<T> task) {
        return loop.run(std::move(task));
    }

    testing::TemporaryDirectory directory;
    async::EventLoop loop;
    async::BlockingPool pool{1};
    std::filesystem::path path = directory.path() / "records.db";
};

TEST_F(SqliteFile, IsReadableByItsOwnerOnly) {
    ASSERT_TRUE(open());
    using Perms = std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(path).permissions(), Perms::owner_read | Perms::owner_write);
}

TEST_F(SqliteFile, OfANewerProgramIsRefusedWithBothVersions) {
    ASSERT_TRUE(open());
    {
        auto connection = Connection::open(path, Connection::Mode::kReadWrite);
        ASSERT_TRUE(connection->run_script("PRAGMA user_version = 999"));
    }
    EXPECT_THAT(refusal(), HasSubstr("schema version 999"));
    EXPECT_THAT(refusal(), HasSubstr("up to " + std::to_string(schema_version())));
    EXPECT_THAT(refusal(), HasSubstr(path.string()));
}

TEST_F(SqliteFile, OfAnotherProgramIsRefusedAndLeftAsItIs) {
    {
        auto connection = Connection::open(path, Connection::Mode::kReadWrite);
        ASSERT_TRUE(connection->run_script("CREATE TABLE theirs (x)"));
    }
    const std::string before = *read_file(path);
    EXPECT_THAT(refusal(), HasSubstr("another program"));
    EXPECT_EQ(*read_file(path), before);
}

TEST_F(SqliteFile, ThatIsNoDatabaseIsRefusedWithWhatToDo) {
    ASSERT_TRUE(write_file_durably(path, std::string(10'000, 'x')));
    EXPECT_THAT(refusal(), HasSubstr(path.string()));
    EXPECT_THAT(refusal(), HasSubstr("restore a backup"));
}

// Overwrites the page on which the tenants' table begins, in the file as it lies there.
void damage_tenants(const std::filesystem::path& path) {
    constexpr std::size_t kPage = 4096;
    const auto page =
        Connection::open(path, Connection::Mode::kReadOnly)
            ->find_integer("SELECT rootpage FROM sqlite_schema WHERE name = 'tenants'");
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(**page - 1) * std::streamoff{kPage});
    file << std::string(kPage, '\x5a');
    ASSERT_TRUE(file.flush());
}

TEST_F(SqliteFile, WithADamagedPageIsRefusedAtTheStartWithWhatToDo) {
    ASSERT_TRUE(open());
    damage_tenants(path);
    const auto refused = open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().word(), "DATABASE_DAMAGED");
    EXPECT_THAT(refused.error().message(), HasSubstr(path.string()));
    EXPECT_THAT(refused.error().message(), HasSubstr("restore a backup"));
    EXPECT_THAT(refused.error().message(), HasSubstr(".recover"));
}

TEST_F(SqliteFile, ThatIsTooLargeToBeReadWholeIsRefusedForADamagedBeginning) {
    ASSERT_TRUE(open());
    auto connection = *Connection::open(path, Connection::Mode::kReadOnly);
    EXPECT_TRUE(check_not_damaged(connection, 0));
    damage_tenants(path);
    connection = *Connection::open(path, Connection::Mode::kReadOnly);
    EXPECT_EQ(check_not_damaged(connection, 0).error().word(), "DATABASE_DAMAGED");
}

TEST_F(SqliteFile, ThatWasCutShortIsRefused) {
    ASSERT_TRUE(open());
    std::filesystem::resize_file(path, 40'960);
    EXPECT_THAT(refusal(), HasSubstr("is damaged"));
}

TEST_F(SqliteFile, ThatIsDamagedWhileItIsUsedSaysSoAndKeepsAnswering) {
    ASSERT_TRUE(run((*open())->tenants().add_tenant({.id = {"city"}}, {.key = {}, .hash = "h"})));
    const auto store = *open();
    damage_tenants(path);
    const auto tenant = run(store->tenants().get_tenant({"city"}));
    ASSERT_FALSE(tenant);
    EXPECT_EQ(tenant.error().word(), "DATABASE_DAMAGED");
    EXPECT_TRUE(run(store->jobs().list_jobs({}, {}, true)));
}

TEST_F(SqliteFile, InAMissingDirectoryIsRefusedByName) {
    path = directory.path() / "missing" / "records.db";
    EXPECT_THAT(refusal(), HasSubstr(path.string()));
}

TEST_F(SqliteFile, AFullDiskLosesNothingThatWasAcknowledged) {
    auto database = *SqliteDatabase::open(loop.executor(), pool, path);
    SqliteTenantStore tenants(*database);
    SqliteJobStore jobs(*database);
    const auto limit_pages = [&](const std::string& pages) {
        EXPECT_TRUE(run(database->write([pages](Connection& connection) {
            return connection.run("PRAGMA max_page_count = " + pages);
        })));
    };
    model::Tenant tenant;
    tenant.id.text = "city";
    tenant.limits.max_concurrent_jobs = 100'000;
    tenant.limits.max_cpu = 100'000;
    tenant.limits.max_memory_gi = 100'000;
    NewKey key;
    key.key.id.text = "k";
    ASSERT_TRUE(run(tenants.add_tenant(tenant, key)));
    limit_pages("60");

    ManualClock clock{Instant(std::chrono::hours(1))};
    SeededRandom random(1);
    UuidGenerator ids(clock, random);
    std::int64_t acknowledged = 0;
    std::optional<Error> error;
    while (!error) {
        Submission submission;
        submission.id.text = ids.next();
        submission.tenant = tenant.id;
        submission.spec.scenario_id = std::string(100, 's');
        const auto admission = run(jobs.submit(submission));
        if (admission) {
            ASSERT_LT(++acknowledged, 10'000);
        } else {
            error = admission.error();
        }
    }
    EXPECT_EQ(error->code(), Code::kNoSpace);
    EXPECT_EQ(error->word(), "DISK_FULL");
    EXPECT_THAT(error->message(), HasSubstr("is full"));
    EXPECT_EQ(run(jobs.list_jobs({}, {.limit = 1}, true))->total, acknowledged);
    EXPECT_EQ(run(jobs.get_usage(tenant.id))->active_jobs, acknowledged);

    limit_pages("1000000");
    Submission submission;
    submission.id.text = ids.next();
    submission.tenant = tenant.id;
    EXPECT_TRUE(run(jobs.submit(submission)));
}

TEST_F(SqliteFile, EveryOfferedFilterReadsOnlyTheRowsOfItsPage) {
    ASSERT_TRUE(open());
    auto connection = Connection::open(path, Connection::Mode::kReadOnly);
    ASSERT_TRUE(connection);
    const TenantId tenant{"city"};
    const auto pending = model::JobStatus::kPending;
    const std::vector<JobFilter> filters{
        {},
        {.status = pending},
        {.tenant = tenant},
        {.tenant = tenant, .status = pending},
        {.tenant = tenant, .scenario_id = "s"},
        {.tenant = tenant, .status = pending, .scenario_id = "s"}
    };
    for (const JobFilter& filter : filters) {
        for (const bool resumed : {false, true}) {
            const std::string sql = page_sql(filter, resumed);
            const int conditions =
                (filter.tenant ? 1 : 0) + (filter.status ? 1 : 0) + (filter.scenario_id ? 1 : 0);
            Query plan = connection->query("EXPLAIN QUERY PLAN " + sql);
            ASSERT_TRUE(*plan.next()) << sql;
            const std::string step = plan.text(3);
            EXPECT_THAT(step, HasSubstr("USING INDEX")) << sql;
            EXPECT_GE(std::ranges::count(step, '='), conditions) << sql << "\n" << step;
            EXPECT_FALSE(*plan.next()) << "a sort: " << plan.text(3) << " of " << sql;
        }
    }
}

TEST_F(SqliteFile, WritesAreRefusedAfterStopAndReadsGoOn) {
    auto store = *open();
    run(store->stop());
    EXPECT_EQ(
        run(store->tenants().set_admin_key("h", Instant())).error().code(), Code::kUnavailable
    );
    EXPECT_FALSE(*run(store->tenants().has_admin_key()));
}

}  // namespace
}  // namespace signalbox::store::sqlite
