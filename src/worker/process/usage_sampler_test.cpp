#include "worker/process/usage_sampler.hpp"

#include "worker/testing/worker_fixture.hpp"

#include <gtest/gtest.h>

namespace signalbox::worker {
namespace {

namespace fs = std::filesystem;

class UsageSamplerTest : public testing::Test {
protected:
    TemporaryDirectory directory_;
    SystemClock clock_;
};

TEST_F(UsageSamplerTest, ReadsMemoryFromAStatusFile) {
    const std::string_view status = "Name:\tsumo\nVmHWM:\t  2048 kB\nVmRSS:\t      17 kB\n";
    EXPECT_EQ(parse_status_line(status, "VmHWM"), 2048 * 1024);
    EXPECT_EQ(parse_status_line(status, "VmRSS"), 17 * 1024);
    EXPECT_FALSE(parse_status_line(status, "VmPeak").has_value());
}

TEST_F(UsageSamplerTest, CountsWhatIsWrittenBeyondTheInput) {
    directory_.write("input", std::string(100'000, 'i'));
    UsageSampler sampler(directory_.path(), clock_);
    EXPECT_EQ(sampler.sample_output().output_bytes, 0);

    directory_.write("output", std::string(200'000, 'o'));
    const std::int64_t bytes = sampler.sample_output().output_bytes;
    EXPECT_GE(bytes, 200'000);
    EXPECT_LT(bytes, 300'000);
}

TEST_F(UsageSamplerTest, CountsAHoleAsItIsRead) {
    UsageSampler sampler(directory_.path(), clock_);
    directory_.write("sparse", "");
    fs::resize_file(directory_.path() / "sparse", std::uintmax_t{1} << 40U);

    EXPECT_GE(sampler.sample_output().output_bytes, std::int64_t{1} << 40U);
}

TEST_F(UsageSamplerTest, NoticesMoreFilesThanItCounts) {
    UsageSampler sampler(directory_.path(), clock_, {.max_entries = 3, .max_depth = 64});
    for (const char* const name : {"1", "2", "3"}) {
        directory_.write(name, "");
    }
    (void)sampler.sample_output();
    EXPECT_FALSE(sampler.passed_file_limit().has_value());

    directory_.write("4", "");
    (void)sampler.sample_output();
    EXPECT_EQ(sampler.passed_file_limit(), 3);
}

}  // namespace
}  // namespace signalbox::worker
