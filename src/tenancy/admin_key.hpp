// The first admin key: the configured one, or one made at the first start.
//
// A generated key is written to DATA/admin.key, readable by its owner only, before its hash is
// stored; a start that finds the file uses it, so a crash between the two costs nothing. An
// operator may take the file away: the stored hash stays valid and no other key is made.
//
// Threads: event loop, before requests are accepted (it writes a file).
// Suspends: ensure_admin_key.  Errors: of the file and of the store.
#pragma once

#include "async/task.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "store/tenant_store.hpp"
#include "tenancy/tenant_service.hpp"

#include <filesystem>
#include <string>

namespace signalbox::tenancy {

struct AdminKeySource {
    std::filesystem::path data_directory;
    std::string configured_key;  ///< empty: none
    KeyForm form;
};

struct AdminKey {
    std::string hash;            ///< for admin_key_hashes; empty: only the store knows it
    std::filesystem::path file;  ///< where the key stands; empty for a configured one
    bool generated = false;      ///< just now
};

Task<Result<AdminKey>> ensure_admin_key(
    AdminKeySource source, store::TenantStore& store, const Clock& clock, Random& random
);

}  // namespace signalbox::tenancy
