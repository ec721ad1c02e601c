#include "worker/evidence/run_files.hpp"

#include "base/hash.hpp"
#include "worker/evidence/file_walk.hpp"
#include "worker/testing/worker_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbox::worker {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names(const RunResults& results) {
    std::vector<std::string> paths;
    for (const model::ResultFile& file : results.files) {
        paths.push_back(file.path);
    }
    return paths;
}

class RunFiles : public testing::Test {
protected:
    RunFiles() {
        directory_.write("net.xml", "network");
        directory_.write("sub/routes.xml", "routes");
        inputs_ = record_inputs(directory_.path()).value();
    }

    RunResults collect(std::size_t max_files = kMaxResults) {
        return collect_results(directory_.path(), inputs_, max_files).value();
    }

    TemporaryDirectory directory_;
    InputManifest inputs_;
};

TEST_F(RunFiles, AreWhatWasNotThereBefore) {
    directory_.write("sub/out.xml", "out");
    directory_.write("a.xml", "");

    const RunResults results = collect();

    EXPECT_EQ(names(results), (std::vector<std::string>{"a.xml", "sub/out.xml"}));
    EXPECT_EQ(results.files[1].size_bytes, 3U);
    EXPECT_EQ(results.files[1].sha256, sha256_hex("out"));
    EXPECT_TRUE(results.remarks.empty());
}

TEST_F(RunFiles, IncludeAnInputThatWasReplaced) {
    fs::remove(directory_.path() / "net.xml");
    directory_.write("net.xml", "NETWORK");

    EXPECT_EQ(names(collect()), std::vector<std::string>{"net.xml"});
}

TEST_F(RunFiles, NeverFollowLinks) {
    directory_.write("elsewhere.xml", "x");
    fs::create_symlink("/etc/passwd", directory_.path() / "link.xml");
    fs::create_directory_symlink("/etc", directory_.path() / "etc");

    const RunResults results = collect();

    EXPECT_EQ(names(results), std::vector<std::string>{"elsewhere.xml"});
    EXPECT_THAT(results.remarks, testing::ElementsAre(testing::HasSubstr("2 files are not kept")));
    EXPECT_FALSE(open_beneath(directory_.path(), "etc/passwd").has_value());
    EXPECT_FALSE(open_beneath(directory_.path(), "link.xml").has_value());
    EXPECT_FALSE(open_beneath(directory_.path(), "../etc/passwd").has_value());
}

TEST_F(RunFiles, AreBoundedAndSaySo) {
    for (const char* const name : {"1", "2", "3"}) {
        directory_.write(name, name);
    }
    const RunResults results = collect(2);

    EXPECT_EQ(names(results), (std::vector<std::string>{"1", "2"}));
    EXPECT_THAT(
        results.remarks,
        testing::ElementsAre("1 file is not kept (there are more than 2), for example 3")
    );
}

TEST_F(RunFiles, CanBeMadeOnlyInside) {
    EXPECT_TRUE(create_beneath(directory_.path(), "sub/new.xml").has_value());
    EXPECT_FALSE(create_beneath(directory_.path(), "../new.xml").has_value());
    EXPECT_FALSE(create_beneath(directory_.path(), "nowhere/new.xml").has_value());
}

}  // namespace
}  // namespace signalbox::worker
