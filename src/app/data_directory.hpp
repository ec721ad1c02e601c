// The directory of the embedded default: made, locked by one server, laid out.
//
//   signalbox.db     records                 scenarios/  archives by hash
//   lock             held by the server      results/    tenant/job/attempt
//   admin.key        if one was generated    logs/       tenant/job/attempt
//   worker.sock      where workers report    runs/       private directories of running attempts
//                                            spool/      uploads being taken in
//
// Threads: start-up (blocking).  Suspends: never.
// Errors: kConflict when another server holds it; kInternal with the path when it is not usable.
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"

#include <filesystem>

namespace signalbox::app {

class DataDirectory {
public:
    [[nodiscard]] static Result<DataDirectory> open(const std::filesystem::path& path);

    [[nodiscard]] std::filesystem::path path() const { return path_; }

    [[nodiscard]] std::filesystem::path database() const { return path_ / "signalbox.db"; }

    [[nodiscard]] std::filesystem::path runs() const { return path_ / "runs"; }

    [[nodiscard]] std::filesystem::path spool() const { return path_ / "spool"; }

    /// A name of the worker socket that fits a socket address whatever the directory's own name.
    [[nodiscard]] std::filesystem::path worker_socket() const;

private:
    DataDirectory(std::filesystem::path path, UniqueFd directory, UniqueFd lock)
        : path_(std::move(path)), directory_(std::move(directory)), lock_(std::move(lock)) {}

    std::filesystem::path path_;
    UniqueFd directory_;
    UniqueFd lock_;
};

}  // namespace signalbox::app
