// The one body of every error answer, written by the server and read by every client.
//
// `detail`, `error` and `message` carry the same sentence; only for 422 `detail` is the list of
// fields. `details` holds the machine word and the context. A kInternal error is written without
// its own sentence, which may name paths and is for the log.
//
// Threads: any.  Suspends: never.  Errors: a body that cannot be read still gives an Error.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "model/finding.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::contract {

[[nodiscard]] int http_status(Code code);

/// The nearest code for a status of an answer; any unknown 4xx is kInvalid, 5xx kInternal.
[[nodiscard]] Code code_of_status(int status);

/// What the context has under the name `lifted` stands at the top as well.
[[nodiscard]] std::string encode_error(
    const Error& error, std::string_view request_id, Instant now, std::string_view lifted = {}
);

/// For clients: word, sentence, fields and context of an answer with this status. What stands in
/// the `Retry-After` header is the caller's to add.
[[nodiscard]] Error decode_error(int status, std::string_view body);

/// What pre-flight found, as it stands in `context.findings`; empty when there is none.
[[nodiscard]] std::vector<model::Finding> findings_of(const Error& error);

}  // namespace signalbox::contract
