// The named parts of the OpenAPI description as JSON text; internal to contract/.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <string_view>

namespace signalbox::contract {

/// One operation a line: `METHOD path | tag | who may call | summary | parameters | bodies |
/// answers`, lists within a column separated by blanks. A parameter names one of
/// openapi_parameters(), a body is `media type=schema`, an answer `status` (an error, or without
/// body), `status:schema` (JSON) or `status=media type`. Errors that follow from who may call and
/// from what is taken (a key, a body, a job's id) are not in it.
[[nodiscard]] std::string_view openapi_table();

/// `components.schemas`.
[[nodiscard]] std::string_view openapi_schemas();

/// `components.parameters`.
[[nodiscard]] std::string_view openapi_parameters();

}  // namespace signalbox::contract
