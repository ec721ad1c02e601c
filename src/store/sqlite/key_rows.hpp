// API keys as rows. The admin key has an empty id and is not listed.
//
// Threads: reads any, writes the writer's (both block).  Suspends: never.
// Errors: as the connection's; kConflict for a key that exists, kNotFound.
#pragma once

#include "store/sqlite/connection.hpp"
#include "store/tenant_store.hpp"

#include <optional>
#include <string>

namespace signalbox::store::sqlite {

Result<void> insert_key(Connection& connection, const NewKey& key);

/// The key with this hash that has not expired.
Result<std::optional<model::ApiKey>> find_live_key(
    Connection& connection, const std::string& hash, Instant now
);

Result<Page<model::ApiKey>> list_key_rows(Connection& connection, const PageRequest& request);

Result<void> delete_key_row(Connection& connection, const KeyId& id);

Result<void> replace_admin_key(Connection& connection, const std::string& hash, Instant now);

/// The row number in a page key; kUnprocessable when it is none.
Result<std::int64_t> parse_page_key(const PageRequest& request);

}  // namespace signalbox::store::sqlite
