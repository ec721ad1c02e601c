// What a kubectl command line asks for, as a value: the thing that is judged, run and recorded.
//
// Model: argv → Operation → canonical words. Nothing downstream sees the caller's words: an engine
// runs the Operation, or kubectl with the words canonical_argv() writes from it. Two command lines
// that mean the same have the same canonical words.
//
// What no kubectl would take is refused here, and so is what has no form that could be allowed
// (templates as output); what depends on who asks is for policy.hpp. `--request-timeout` is taken
// and has no effect: the command's own timeout counts.
//
// Threads: any.  Suspends: never.
// Errors: refusals, as parse_argv, read_targets and parse_output.
#pragma once

#include "kubectl/argv.hpp"
#include "kubectl/output.hpp"
#include "kubectl/targets.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::kubectl {

struct Operation {
    Verb verb = Verb::kGet;
    std::vector<Target> targets;
    std::vector<std::string> operands;  ///< of explain the path, of can-i what is asked
    std::string name_space;             ///< empty: none was named
    bool all_namespaces = false;
    Output output;
    std::vector<SetFlag> flags;  ///< all others, sorted by name

    [[nodiscard]] const std::string* find(std::string_view flag) const;

    /// Does it look into a namespace at all?
    [[nodiscard]] bool is_namespaced() const;
};

/// Targets refer to the catalog.
[[nodiscard]] Result<Operation> to_operation(Argv argv, const Catalog& catalog);

/// Words for kubectl, without `kubectl` itself: verb, targets by their full names, flags sorted,
/// each value behind `=`.
[[nodiscard]] std::vector<std::string> canonical_argv(const Operation& operation);

}  // namespace signalbox::kubectl
