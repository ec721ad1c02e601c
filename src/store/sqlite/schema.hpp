// The tables of the embedded database, made and brought up to date in numbered steps.
//
// The file says whose it is (`application_id`) and how far it has come (`user_version`). A step is
// one transaction and, once released, never changes; a database that is ahead of the program is
// refused. Times are milliseconds since 1970 UTC, states and reasons the words of the contract,
// structures JSON.
//
// Threads: any (blocks).  Suspends: never.
// Errors: kInternal for a foreign, damaged or newer file; else as the connection's.
#pragma once

#include "base/error.hpp"
#include "store/sqlite/connection.hpp"

namespace signalbox::store::sqlite {

/// The steps this program knows.
[[nodiscard]] int schema_version();

/// Refuses the file of another program and one of a newer version; changes nothing.
Result<void> check_owner_and_version(Connection& connection);

/// After check_owner_and_version().
Result<void> migrate(Connection& connection);

}  // namespace signalbox::store::sqlite
