// What a short-lived program prints: for asking SUMO about itself.
//
// Threads: any (blocking until the program ends or the time is up).  Suspends: never.
// Errors: kUnavailable when it does not start or fails, kDeadline when it takes too long,
// kTooLarge when it prints more than is asked for.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::scenario {

struct ProgramCall {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;  ///< all of it
    std::chrono::milliseconds timeout{10'000};
    std::size_t max_bytes = std::size_t{1} << 20U;
};

/// Standard output of a program that ends with exit code 0.
[[nodiscard]] Result<std::string> output_of(const ProgramCall& call);

}  // namespace signalbox::scenario
