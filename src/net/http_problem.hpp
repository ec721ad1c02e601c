// What is wrong with a message of HTTP, as a server answers it.
//
// Threads: any.  Suspends: never.  Errors: this is one.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace signalbox::net {

struct HttpProblem {
    unsigned status;
    std::string word;
    std::string message;
};

template <class T>
using Parsed = std::expected<T, HttpProblem>;

/// 400 BAD_REQUEST; `what` is the head or the body.
[[nodiscard]] inline std::unexpected<HttpProblem> malformed(
    std::string_view what, std::string_view why
) {
    return std::unexpected(HttpProblem{
        .status = 400,
        .word = "BAD_REQUEST",
        .message = "malformed " + std::string(what) + ": " + std::string(why)
    });
}

}  // namespace signalbox::net
