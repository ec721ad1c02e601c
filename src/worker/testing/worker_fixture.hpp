// A worker, its directory, its server and its SUMO, all in a temporary directory of a test.
//
// Threads: one test at a time.  Suspends: never (run drives the event loop).  Errors: end the test.
#pragma once

#include "worker/run_attempt.hpp"
#include "worker/testing/stored_zip.hpp"
#include "worker/testing/stub_server.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

namespace signalbox::worker {

/// A directory of its own that everybody may pass through; gone at the end of the test.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    void write(const std::string& name, std::string_view content) const;

private:
    std::filesystem::path path_;
};

class WorkerFixture : public testing::Test {
protected:
    WorkerFixture();
    ~WorkerFixture() override;

    /// The next run has this scenario; `run.sumocfg` is its configuration.
    void give_scenario(const ZipFiles& files);

    /// A tiny scenario with which the fake SUMO shows this behaviour.
    void give_fake_scenario(const std::string& behaviour);

    /// Runs a worker to its end.
    WorkerExit run();

    [[nodiscard]] std::filesystem::path attempt_directory() const;

    /// Runs the loop until the task has ended.
    void drive(Task<void> task);

    TemporaryDirectory directory_;
    boost::asio::io_context loop_{1};
    async::BlockingPool pool_{2};
    SystemClock clock_;
    OsRandom random_;
    std::unique_ptr<StubServer> server_;
    WorkerSettings settings_;
    int signals_ = -1;
};

/// One edge of 200 m and a vehicle on it, for the real SUMO.
[[nodiscard]] ZipFiles tiny_scenario();

}  // namespace signalbox::worker
