// A store of one job and a log, which count how often they are looked at.
//
// Threads: event loop.  Suspends: never.  Errors: none.
#pragma once

#include "jobs/testing/unused.hpp"

#include <algorithm>
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
        if (on_read) {
            on_read();
        }
        co_return chunk;
    }

    std::string text;
    int reads = 0;
    std::function<void()> on_read;
};

}  // namespace signalbox::jobs::testing
