// What SQLite reports, as an Error with a sentence that names the file and what to do.
//
// Threads: any.  Suspends: never.  Errors: this makes them.
#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <string_view>

struct sqlite3;

namespace signalbox::store::sqlite {

/// `result`: what the call returned. `database` may be null when it could not even be opened.
/// kNoSpace (`DISK_FULL`), kUnavailable (busy, not readable), kConflict (a constraint), kInternal.
[[nodiscard]] Error make_error(
    sqlite3* database, int result, const std::filesystem::path& path, std::string_view doing
);

/// `DATABASE_DAMAGED`; `detail`: what was found.
[[nodiscard]] Error database_damaged(const std::filesystem::path& path, std::string_view detail);

}  // namespace signalbox::store::sqlite
