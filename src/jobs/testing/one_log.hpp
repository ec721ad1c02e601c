// A store of one job and a log, which count how often they are looked at; what tests of those who
// follow a log stand on.
//
// Threads: event loop.  Suspends: never.  Errors: none.
#pragma once

#include "async/event_loop.hpp"
#include "jobs/log_feed.hpp"
#include "jobs/testing/unused.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>

namespace signalbox::jobs::testing {

class OneJob final : public UnusedJobStore {
public:
    Task<Result<model::Job>> get_job(std::optional<TenantId> /*tenant*/, JobId /*id*/) override {
        ++looks;
        co_return job;
    }

    model::Job job;
    int looks = 0;
};

class OneLog final : public UnusedLogFiles {
public:
    Task<Result<files::LogChunk>> read(
        files::ResultPlace /*place*/, std::uint64_t offset, std::size_t max_bytes
    ) override {
        ++reads;
        const auto from = std::min<std::size_t>(offset, text.size());
        files::LogChunk chunk{
            .bytes = text.substr(from, max_bytes), .offset = offset, .size = text.size()
        };
        if (const auto act = on_read) {
            act();
        }
        if (yields) {
            co_await async::yield();
        }
        co_return chunk;
    }

    std::string text;
    int reads = 0;
    std::function<void()> on_read;  ///< may change itself
    bool yields = false;            ///< others come in between before a read returns
};

/// A running job in its first attempt, and the feeds of its log.
class LogTest : public ::testing::Test {
protected:
    LogTest() {
        jobs_.job.id = {"job"};
        jobs_.job.status = model::JobStatus::kRunning;
        jobs_.job.attempt = 1;
        jobs_.job.attempts = {{.n = 1}};
    }

    async::EventLoop loop_;
    async::Signal changes_{loop_.executor()};
    ManualClock clock_{Instant{std::chrono::hours(1)}};
    OneJob jobs_;
    OneLog logs_;
    LogFeeds feeds_{{.jobs = jobs_, .logs = logs_, .changes = changes_, .clock = clock_}};
};

}  // namespace signalbox::jobs::testing
