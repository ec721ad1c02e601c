#include "worker/evidence/run_files.hpp"

#include "base/hash.hpp"
#include "worker/evidence/file_walk.hpp"
#include "worker/testing/worker_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

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

    RunResults collect(ResultLimits limits = {}) {
        return collect_results(directory_.path(), inputs_, limits).value();
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
    const RunResults results = collect({.max_files = 2});

    EXPECT_EQ(names(results), (std::vector<std::string>{"1", "2"}));
    EXPECT_THAT(
        results.remarks,
        testing::ElementsAre("1 file is not kept (there are more than 2), for example 3")
    );
}

TEST_F(RunFiles, AreNotLargerTogetherThanTheLimitAndSaySo) {
    directory_.write("1", std::string(10, 'a'));
    directory_.write("2", "");
    fs::resize_file(directory_.path() / "2", std::uintmax_t{1} << 40U);  // a hole
    directory_.write("3", std::string(10, 'c'));

    const RunResults results = collect({.max_bytes = 20});

    EXPECT_EQ(names(results), (std::vector<std::string>{"1", "3"}));
    EXPECT_THAT(
        results.remarks,
        testing::ElementsAre(
            "1 file is not kept (all together are larger than 20 bytes), for example 2"
        )
    );
}

TEST_F(RunFiles, AreNeitherPipesNorSecondNames) {
    const auto at = [this](const char* name) { return directory_.path() / name; };
    ASSERT_EQ(::mkfifo(at("pipe.xml").c_str(), 0666), 0);
    directory_.write("mine.xml", "mine");
    fs::create_hard_link(at("mine.xml"), at("again.xml"));
    fs::create_hard_link(at("net.xml"), at("net2.xml"));

    const RunResults results = collect();

    EXPECT_TRUE(results.files.empty());
    EXPECT_THAT(
        results.remarks,
        testing::UnorderedElementsAre(
            testing::HasSubstr("1 file is not kept (a link, pipe or device), for example pipe.xml"),
            testing::HasSubstr("4 files are not kept (a second name of another file)")
        )
    );
    // Looked for by name it does not make anybody wait for a writer.
    EXPECT_FALSE(open_beneath(directory_.path(), "pipe.xml").has_value());
}

TEST_F(RunFiles, HaveNamesThatCanBeSaid) {
    const std::string longest(255, 'l');
    directory_.write(longest, "kept");
    directory_.write(
        "stra\xC3\x9F"
        "e.xml",
        "kept"
    );
    for (const char* const name :
         {"line\nbreak.xml", "esc\x1B[2J.xml", "bad\xFF.xml", "back\\slash"}) {
        directory_.write(name, "lost");
    }

    const RunResults results = collect();

    EXPECT_EQ(
        names(results),
        (std::vector<std::string>{
            longest,
            "stra\xC3\x9F"
            "e.xml"
        })
    );
    EXPECT_THAT(results.remarks, testing::ElementsAre(testing::HasSubstr("4 files are not kept")));
}

TEST_F(RunFiles, OfFoldersThatAreTooDeepAreLeftOutAndThatIsSaid) {
    std::string path;
    for (int depth = 0; depth < 70; ++depth) {
        path += "d/";
    }
    directory_.write(path + "deep.xml", "lost");
    directory_.write("flat.xml", "kept");

    const RunResults results = collect();

    EXPECT_EQ(names(results), std::vector<std::string>{"flat.xml"});
    EXPECT_THAT(results.remarks, testing::ElementsAre(testing::HasSubstr("too deep")));
}

TEST_F(RunFiles, CanBeMadeOnlyInside) {
    EXPECT_TRUE(create_beneath(directory_.path(), "sub/new.xml").has_value());
    EXPECT_FALSE(create_beneath(directory_.path(), "../new.xml").has_value());
    EXPECT_FALSE(create_beneath(directory_.path(), "nowhere/new.xml").has_value());
}

}  // namespace
}  // namespace signalbox::worker
