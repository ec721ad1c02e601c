// Whether an operation may be asked: what it would show, where it would look, and for how long.
//
// Model: an Operation and a Scope → the operation as it is run, or the refusal. judge() also fills
// in what was left open: the namespace, and the bound of what waits. Everything is decided on
// resolved kinds, never on spellings. Server and executor judge alike; the server with the scope of
// the caller's key, the executor with that of its policy file.
//
// Threads: any.  Suspends: never.
// Errors: refusals kSecretValues, kNamespaceScope, kClusterWide, kUnbounded.
#pragma once

#include "kubectl/operation.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::kubectl {

struct Scope {
    /// Absent: every namespace and what stands outside of all. Empty: none at all.
    std::optional<std::vector<std::string>> namespaces;
};

struct Circumstances {
    Scope scope;
    std::chrono::milliseconds timeout{10'000};  ///< of the command
    std::string name_space = "default";         ///< when none is named, of a scope without limits
    std::size_t max_words = kMaxWords;          ///< kMaxCanonicalWords for words written by us
};

[[nodiscard]] Result<Operation> judge(Operation operation, const Circumstances& around);

/// The three steps in one: words → operation → judged.
[[nodiscard]] Result<Operation> read_and_judge(
    std::span<const std::string> words, const Catalog& catalog, const Circumstances& around
);

}  // namespace signalbox::kubectl
