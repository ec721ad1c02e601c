// A directory of a test's own, gone with the test.
//
// Threads: one at a time.  Suspends: never.  Errors: ends the process when it cannot be made.
#pragma once

#include "base/error.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

namespace signalbox::testing {

class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "signalbox-XXXXXX").string();
        SB_CHECK(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }

    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace signalbox::testing
