// Makes a zip of files as they are, for tests.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace signalbox::worker {

/// Names and contents.
using ZipFiles = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] std::string make_stored_zip(const ZipFiles& files);

}  // namespace signalbox::worker
