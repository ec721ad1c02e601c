// Keyset pages: newest first, resumed behind the last row seen.
//
// Threads: any (values).  Suspends: never.  Errors: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace signalbox::store {

struct PageRequest {
    std::int64_t limit = 50;           ///< 1-1000, already validated
    std::optional<std::string> after;  ///< key of the last row of the page before
};

template <class T>
struct Page {
    std::vector<T> rows;
    std::optional<std::string> next;  ///< key to continue behind; nothing: this was the last page
};

}  // namespace signalbox::store
