// Why a kubectl command is not run: the rule it breaks and the nearest form that is allowed.
//
// A refusal is an Error of Code::kForbidden with the word POLICY_REFUSED; rule and hint are in its
// context, so that every program that refuses says the same.
//
// Threads: any.  Suspends: never.  Errors: this is one.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::kubectl {

enum class Rule : std::uint8_t {
    kUnknownVerb,       ///< kubectl has no such command
    kNotARead,          ///< it changes something, or opens a way to
    kUnknownFlag,       ///< the command has no such flag
    kForbiddenFlag,     ///< it has, and nobody may use it here
    kConflictingFlags,  ///< one flag with two values, or flags that exclude each other
    kForbiddenOutput,   ///< an output form that runs templates, or is none
    kFileAccess,        ///< reads or writes files, or fetches URLs
    kRedirect,          ///< another server, cluster, identity or credential
    kSubresource,
    kSecretValues,       ///< could show, sort or select by what a Secret holds
    kNamespaceScope,     ///< a namespace outside the caller's scope
    kClusterWide,        ///< all namespaces or a cluster-scoped kind, outside the caller's scope
    kUnbounded,          ///< would go on without end, or for longer than the command may
    kMalformed,          ///< no kubectl would take it, or no API server could hold it
    kUnresolvedResource  ///< a kind that only the cluster itself could tell about
};

[[nodiscard]] std::string_view to_word(Rule rule);

/// `message` names what was found; `hint` is the nearest legal form, or what to do.
[[nodiscard]] Failure refuse(Rule rule, std::string message, std::string hint = {});

/// Of an error made by refuse(); absent for any other.
[[nodiscard]] std::optional<std::string> rule_of(const Error& error);
[[nodiscard]] std::string hint_of(const Error& error);

}  // namespace signalbox::kubectl
