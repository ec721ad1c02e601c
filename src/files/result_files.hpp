// Result files of attempts, written as they arrive and complete once the manifest stands.
//
// A file becomes visible under its name only whole, with the hash it was announced with. Paths come
// from workers: they are relative, without `..`, and never follow a link.
//
// Threads: event loop.  Suspends: everything.
// Errors: kInvalid for a path that leaves the attempt, kNoSpace, kNotFound.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "files/scenario_files.hpp"
#include "model/job.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::files {

struct ResultPlace {
    TenantId tenant;
    AttemptId attempt;
};

class ResultWriter {
public:
    virtual ~ResultWriter() = default;  ///< without commit: nothing stays

    virtual Task<Result<void>> write(std::string bytes) = 0;

    /// kInvalid when the bytes have another hash than the announced one, or when the path is a
    /// directory already.
    virtual Task<Result<void>> commit(std::string expected_sha256) = 0;
};

class ResultFiles {
public:
    virtual ~ResultFiles() = default;

    virtual Task<Result<std::unique_ptr<ResultWriter>>> create(
        ResultPlace place, std::string path
    ) = 0;

    /// Writes the manifest, last and durably; what it does not name is removed. kInvalid when a
    /// file it names is missing or differs.
    virtual Task<Result<void>> seal(ResultPlace place, std::vector<model::ResultFile> manifest) = 0;

    virtual Task<Result<OpenFile>> open(ResultPlace place, std::string path) = 0;

    /// All attempts of the job.
    virtual Task<Result<void>> remove_all(TenantId tenant, JobId job) = 0;

    /// Where people find them: a directory or an address.
    [[nodiscard]] virtual std::string location(const ResultPlace& place) const = 0;
};

}  // namespace signalbox::files
