// Credentials in plain text: where they stand in a line of a log, of describe, of any string.
//
// Found are values behind names that say so (`password=`, `"api_key": "`, `--token `), passwords in
// URLs, `Bearer` and `Basic` headers, JSON Web Tokens, and keys whose issuers begin them with a
// fixed word (AWS, GitHub, GitLab, Slack, Google, Stripe). Names are compared by their words, so
// that `secretName`, `TOKEN_URL` and `PASSWORD_FILE` stay readable: they say where, not what.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace signalbox::kubectl {

/// `DB_PASSWORD`, `apiKey`, `client-secret`: what is called so is a credential.
[[nodiscard]] bool names_a_credential(std::string_view name);

struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;  ///< one behind the last
};

/// In order, none overlapping; of the value alone, without quotes, name or scheme.
[[nodiscard]] std::vector<Span> find_credentials(std::string_view text);

}  // namespace signalbox::kubectl
