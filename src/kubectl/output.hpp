// The value of `-o`: which form of output is asked for.
//
// Go templates run loops over everything an object holds and all `*-file` forms read files: neither
// is offered. Expressions of jsonpath and custom-columns are taken as they are; they are evaluated
// on redacted objects, by us.
//
// Threads: any.  Suspends: never.
// Errors: refusals kForbiddenOutput, kFileAccess, kMalformed.
#pragma once

#include "kubectl/command_table.hpp"

#include <string>
#include <string_view>

namespace signalbox::kubectl {

enum class OutputForm : std::uint8_t {
    kTable,  ///< the default; of explain its plain text
    kWide,
    kName,
    kJson,
    kYaml,
    kJsonPath,        ///< with an expression
    kJsonPathAsJson,  ///< with an expression
    kCustomColumns,   ///< with a specification
    kOpenApi          ///< of explain: plaintext-openapiv2
};

struct Output {
    OutputForm form = OutputForm::kTable;
    std::string expression;

    /// Prints parts of objects that the caller chooses.
    [[nodiscard]] bool shows_fields() const;
};

[[nodiscard]] Result<Output> parse_output(Verb verb, std::string_view text);

/// The value of `-o` again; empty for the table.
[[nodiscard]] std::string to_text(const Output& output);

}  // namespace signalbox::kubectl
