// Results in a directory: `<root>/<tenant>/<job>/<attempt>/files/…`, and `manifest.sha256` beside
// `files` once they are complete (`cd files && sha256sum -c ../manifest.sha256` checks them).
//
// A file is written under a name of its own in `parts`, checked and synced, then renamed. Hashes of
// files taken in are remembered until the manifest stands, so that sealing need not read them
// again; after a restart, or of too many, it does. Sealing removes what the manifest does not name,
// and what earlier attempts of the job brought without ever sealing it.
//
// Threads: event loop; the disk on the pool.  Suspends: everything.  Errors: as ResultFiles.
#pragma once

#include "async/blocking_pool.hpp"
#include "files/result_files.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace signalbox::files {

class DirectoryResultFiles final : public ResultFiles {
public:
    /// `root` exists. The pool must outlive this.
    DirectoryResultFiles(async::BlockingPool& pool, std::filesystem::path root)
        : pool_(pool), root_(std::move(root)) {}

    DirectoryResultFiles(const DirectoryResultFiles&) = delete;
    DirectoryResultFiles& operator=(const DirectoryResultFiles&) = delete;

    Task<Result<std::unique_ptr<ResultWriter>>> create(ResultPlace place, std::string path)
        override;
    Task<Result<void>> seal(ResultPlace place, std::vector<model::ResultFile> manifest) override;
    Task<Result<OpenFile>> open(ResultPlace place, std::string path) override;
    Task<Result<void>> remove_all(TenantId tenant, JobId job) override;
    [[nodiscard]] std::string location(const ResultPlace& place) const override;

private:
    friend class DirectoryResultWriter;

    using Hashes = std::map<std::string, std::string>;  ///< path within the attempt → SHA-256

    [[nodiscard]] std::filesystem::path directory_of(const ResultPlace& place) const;
    void remember(const AttemptId& attempt, std::string path, std::string hash);
    void forget(const JobId& job, std::int32_t last_attempt);

    async::BlockingPool& pool_;
    std::filesystem::path root_;
    std::map<AttemptId, Hashes> taken_in_;
    std::size_t hashes_ = 0;  ///< in taken_in_; bounded
    std::uint64_t next_part_ = 0;
};

/// Relative, no empty part, no `.` or `..`, no control character, no backslash; bounded in length
/// and depth.
[[nodiscard]] Result<void> check_result_path(std::string_view path);

}  // namespace signalbox::files
