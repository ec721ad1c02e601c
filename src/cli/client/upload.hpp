// Submits a scenario: fields and the zip as one multipart body, repeated safely.
//
// One Idempotency-Key per submission: an upload that was cut off is sent again with the same key,
// so the server takes it once, whether or not the first answer was lost. A server that cannot be
// reached at all is not tried again.
//
// Threads: the event loop.  Suspends: submit_scenario.
// Errors: of the zip file; those of ApiClient.
#pragma once

#include "async/task.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "cli/client/api_client.hpp"
#include "contract/job_contract.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace signalbox::cli {

struct Submission {
    std::vector<std::pair<std::string, std::string>> fields;
    std::filesystem::path zip;
    std::string file_name;  ///< what the server is told
    std::string idempotency_key;
    std::function<void(std::uint64_t sent, std::uint64_t total)> on_progress;
    /// Before another try: why.
    std::function<void(const Error& error, std::chrono::milliseconds wait)> on_trouble;
    std::chrono::milliseconds first_wait{1'000};
};

/// The client and the random source must outlive the call.
Task<Result<Answer<contract::SubmitAnswer>>> submit_scenario(
    ApiClient& client, Random& random, Submission submission
);

/// What stands before the file in the body, and behind it (RFC 7578).
struct MultipartFrame {
    std::string content_type;
    std::string head;
    std::string tail;
};

[[nodiscard]] MultipartFrame make_multipart_frame(
    const std::vector<std::pair<std::string, std::string>>& fields,
    const std::string& file_name,
    const std::string& boundary
);

}  // namespace signalbox::cli
