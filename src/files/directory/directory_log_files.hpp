// Logs in a directory: `<root>/<tenant>/<job>/<attempt>.log`.
//
// Beyond the limit the blocks behind the head are given back to the file system. Where the gap ends
// follows from the size and the limits, so no state can disagree with the file (ADR 0004).
//
// Threads: event loop; the disk on the pool.  Suspends: everything.  Errors: as LogFiles.
#pragma once

#include "async/blocking_pool.hpp"
#include "files/log_files.hpp"

#include <filesystem>

namespace signalbox::files {

class DirectoryLogFiles final : public LogFiles {
public:
    /// `root` exists. The pool must outlive this.
    DirectoryLogFiles(async::BlockingPool& pool, std::filesystem::path root, LogLimits limits)
        : pool_(pool), root_(std::move(root)), limits_(limits) {}

    Task<Result<std::uint64_t>> append(ResultPlace place, std::uint64_t offset, std::string bytes)
        override;
    Task<Result<LogChunk>> read(ResultPlace place, std::uint64_t offset, std::size_t max_bytes)
        override;
    Task<Result<std::uint64_t>> find_tail(ResultPlace place, std::int64_t lines) override;
    Task<Result<void>> sync(ResultPlace place) override;
    Task<Result<void>> remove_all(TenantId tenant, JobId job) override;

private:
    [[nodiscard]] std::filesystem::path path_of(const ResultPlace& place) const;

    async::BlockingPool& pool_;
    std::filesystem::path root_;
    LogLimits limits_;
};

}  // namespace signalbox::files
