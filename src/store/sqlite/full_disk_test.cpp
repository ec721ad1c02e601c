// A real disk that fills up under the database.
#include "async/event_loop.hpp"
#include "base/random.hpp"
#include "base/uuid.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::store {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kMiB = std::size_t{1} << 20U;

class DatabaseOnAFullDisk : public ::testing::Test {
protected:
    void SetUp() override {
        if (!disk_.mounted()) {
            GTEST_SKIP() << disk_.problem();
        }
    }

    Result<std::unique_ptr<SqliteStore>> open() {
        return SqliteStore::open(loop_.executor(), pool_, disk_.path() / "records.db", {});
    }

    void add_tenant(SqliteStore& store) {
        model::Tenant tenant{.id = {"city"}, .limits = {}, .s3_prefixes = {}, .created_at = {}};
        tenant.limits.max_concurrent_jobs = 1'000'000;
        tenant.limits.max_cpu = 1'000'000;
        tenant.limits.max_memory_gi = 1'000'000;
        ASSERT_TRUE(loop_.run(store.tenants().add_tenant(tenant, {.key = {}, .hash = "h"})));
    }

    Result<Admission> submit(SqliteStore& store) {
        Submission submission;
        submission.id.text = ids_.next();
        submission.tenant = {"city"};
        submission.spec.scenario_id = std::string(100, 's');
        return loop_.run(store.jobs().submit(std::move(submission)));
    }

    std::int64_t count(SqliteStore& store) {
        return loop_.run(store.jobs().list_jobs({}, {.limit = 1}, true)).value().total;
    }

    testing::TemporaryDirectory directory_;
    testing::SmallDisk disk_{directory_.path(), 6 * kMiB};
    async::EventLoop loop_;
    async::BlockingPool pool_{1};
    ManualClock clock_{Instant(std::chrono::hours(1))};
    SeededRandom random_{1};
    UuidGenerator ids_{clock_, random_};
};

TEST_F(DatabaseOnAFullDisk, RefusesWritesKeepsReadingAndGoesOnWhenThereIsRoom) {
    const auto store = open().value();
    add_tenant(*store);
    std::int64_t acknowledged = 0;
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(submit(*store));
        ++acknowledged;
        disk_.fill(256 << 10U);
        auto admission = submit(*store);
        while (admission) {
            ASSERT_LT(++acknowledged, 10'000);
            admission = submit(*store);
        }
        EXPECT_EQ(admission.error().code(), Code::kNoSpace);
        EXPECT_EQ(admission.error().word(), "DISK_FULL");
        EXPECT_THAT(admission.error().message(), HasSubstr("records.db"));
        EXPECT_EQ(count(*store), acknowledged);
        disk_.make_room();
    }
    EXPECT_TRUE(submit(*store));
    EXPECT_EQ(count(*store), acknowledged + 1);
}

TEST_F(DatabaseOnAFullDisk, IsNotOpenedAndIsWholeAfterwards) {
    {
        const auto store = open().value();
        add_tenant(*store);
        ASSERT_TRUE(submit(*store));
        loop_.run(store->stop());
    }
    disk_.fill();
    const auto refused = open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kNoSpace) << refused.error().message();
    EXPECT_THAT(refused.error().message(), HasSubstr("records.db"));
    disk_.make_room();
    const auto store = open();
    ASSERT_TRUE(store) << store.error().message();
    EXPECT_EQ(count(**store), 1);
    EXPECT_TRUE(submit(**store));
}

TEST_F(DatabaseOnAFullDisk, IsNotBegunEither) {
    disk_.fill();
    const auto refused = open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kNoSpace) << refused.error().message();
    disk_.make_room();
    EXPECT_TRUE(open());
}

}  // namespace
}  // namespace signalbox::store
