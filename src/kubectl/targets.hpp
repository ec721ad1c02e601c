// The resources and names of a command line, read as kubectl's resource builder reads them.
//
// `TYPE`, `TYPE,TYPE`, `TYPE,TYPE NAME NAME` (each name of each type), `TYPE/NAME TYPE/NAME`; the
// last form does not mix with the others. `all` stands for the
// ten types kubectl lists under it.
//
// Threads: any.  Suspends: never.  Errors: refusals kMalformed, kUnbounded, kUnresolvedResource.
#pragma once

#include "kubectl/catalog.hpp"
#include "kubectl/refusal.hpp"

#include <span>
#include <string>
#include <vector>

namespace signalbox::kubectl {

/// The kind lives as long as the catalog that resolved it.
struct Target {
    const Kind* kind = nullptr;
    std::string name;  ///< empty: all of them, or those selected
};

/// At least one word must be there.
[[nodiscard]] Result<std::vector<Target>> read_targets(
    std::span<const std::string> words, const Catalog& catalog
);

/// Of one `TYPE/NAME`.
[[nodiscard]] Result<Target> read_type_and_name(std::string_view word, const Catalog& catalog);

[[nodiscard]] Result<const Kind*> resolve(std::string_view type, const Catalog& catalog);

}  // namespace signalbox::kubectl
