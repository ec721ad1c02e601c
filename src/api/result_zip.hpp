// All result files of an attempt as one zip, made while it is sent.
//
// Threads: event loop; files are read on the pool.  Suspends: send_results_zip.
// Errors: a file that cannot be read any more cuts the body, so that the client knows.
#pragma once

#include "async/blocking_pool.hpp"
#include "files/result_files.hpp"
#include "net/http_body.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace signalbox::api {

struct ResultZip {
    files::ResultPlace place;
    std::vector<model::ResultFile> files;
    Instant modified;
    std::string request_id;
};

/// Of the archive, before it is made.
[[nodiscard]] std::uint64_t size_of(const ResultZip& zip);

/// Files and pool must outlive the task.
Task<void> send_results_zip(
    ResultZip zip, files::ResultFiles& files, async::BlockingPool& pool, net::BodyWriter& writer
);

}  // namespace signalbox::api
