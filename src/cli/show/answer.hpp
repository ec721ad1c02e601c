// Shows an answer the way `-o` asks for.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "cli/session.hpp"
#include "model/job.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::cli {

struct Shown {
    std::string json;                ///< the server's answer
    std::vector<std::string> names;  ///< for `-o name`
    std::string table;               ///< for people; whole lines
};

void show(Session& session, const Shown& shown);

/// Its words in the colours of good, bad and going on.
[[nodiscard]] Style style_of(model::JobStatus status);

}  // namespace signalbox::cli
