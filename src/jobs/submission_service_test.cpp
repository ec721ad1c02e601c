#include "jobs/submission_service.hpp"

#include "async/event_loop.hpp"
#include "base/fs.hpp"
#include "base/hash.hpp"
#include "files/directory/directory_scenario_files.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

namespace signalbox::jobs {
namespace {

namespace fs = std::filesystem;

const TenantId kCity{"city"};

class RetryTest : public ::testing::Test {
protected:
    RetryTest()
        : store_(store::SqliteStore::open(
                     loop_.executor(), pool_, directory_.path() / "records.db", {}
          )
                     .value()),
          archives_(pool_, clock_, directory_.path() / "scenarios"),
          service_(
              {store_->jobs(), store_->scenarios(), archives_, pool_, changes_, ids_, clock_},
              {{.version = "1.28.0", .home = {}, .binary = {}, .options = {}}},
              {}
          ) {
        store::NewKey key;
        key.key = {.id = {"key"}, .name = "city", .role = model::Role::kTenant, .tenant = kCity};
        key.hash = "hash";
        SB_CHECK(loop_.run(store_->tenants().add_tenant({.id = kCity}, key)).has_value());
        const fs::path spooled = directory_.path() / "spooled";
        SB_CHECK(write_file_durably(spooled, "a zip", 0600).has_value());
        SB_CHECK(loop_.run(archives_.adopt(spooled, archive_)).has_value());
    }

    ~RetryTest() override { loop_.run(store_->stop()); }

    // A job that is over: cancelled before it began.
    JobId finished_job(const std::string& sumo_version) {
        store::Submission submission{.id = {ids_.next()}, .tenant = kCity, .now = clock_.now()};
        submission.spec.scenario_id = "district";
        submission.spec.scenario = archive_;
        submission.spec.sumo_version = sumo_version;
        const JobId id = submission.id;
        SB_CHECK(loop_.run(store_->jobs().submit(submission)).has_value());
        SB_CHECK(loop_.run(store_->jobs().request_cancel(kCity, id, clock_.now())).has_value());
        return id;
    }

    Result<store::Admission> retry(const JobId& job, const std::string& key) {
        return loop_.run(service_.retry(
            {.tenant = kCity, .job = job, .on_limit = std::nullopt, .idempotency_key = key}
        ));
    }

    testing::TemporaryDirectory directory_;
    async::EventLoop loop_;
    async::BlockingPool pool_{2};
    async::Signal changes_{loop_.executor()};
    ManualClock clock_{Instant{std::chrono::hours(24 * 365 * 56)}};
    SeededRandom random_{1};
    UuidGenerator ids_{clock_, random_};
    std::unique_ptr<store::SqliteStore> store_;
    files::DirectoryScenarioFiles archives_;
    SubmissionService service_;
    model::ScenarioRef archive_{.sha256 = sha256_hex("a zip"), .size_bytes = 5};
};

TEST_F(RetryTest, AJobWhoseSumoIsNotInstalledAnyMoreIsRefusedAndSaysWhatIs) {
    const auto refused = retry(finished_job("1.15.0"), "");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().word(), "UNKNOWN_SIMULATOR");
    EXPECT_NE(refused.error().message().find("1.28.0"), std::string::npos);
}

TEST_F(RetryTest, TheFirstAnswerStaysWhateverHasBecomeOfTheArchive) {
    const JobId job = finished_job("1.28.0");
    const auto first = retry(job, "once");
    ASSERT_TRUE(first);
    fs::remove_all(directory_.path() / "scenarios");
    const auto again = retry(job, "once");
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->replayed);
    EXPECT_EQ(again->id, first->id);
    const auto anew = retry(job, "twice");
    ASSERT_FALSE(anew);
    EXPECT_EQ(anew.error().word(), "ARCHIVE_NOT_FOUND");
}

}  // namespace
}  // namespace signalbox::jobs
