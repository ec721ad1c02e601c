// `/docs`: one page without foreign scripts that shows `/openapi.json` for reading.
//
// Threads: any.  Suspends: never.  Errors: none.
#pragma once

#include <string_view>

namespace signalbox::contract {

/// HTML in UTF-8; to be sent with docs_page_policy(): its style and script are inline.
[[nodiscard]] std::string_view docs_page();

/// The Content-Security-Policy under which the page works.
[[nodiscard]] std::string_view docs_page_policy();

}  // namespace signalbox::contract
