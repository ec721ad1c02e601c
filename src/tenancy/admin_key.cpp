#include "tenancy/admin_key.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

#include <utility>

namespace signalbox::tenancy {

namespace {

constexpr std::size_t kMaxKeyFileBytes = 4096;
constexpr unsigned kOwnerOnly = 0600;

// Empty when there is no file.
Result<std::string> read_key_file(const std::filesystem::path& file) {
    auto content = read_file(file, kMaxKeyFileBytes);
    if (!content && content.error().code() == Code::kNotFound) {
        return std::string();
    }
    SB_TRY(const std::string text, std::move(content));
    std::string key(trim(text));
    if (key.empty()) {
        return fail(
            Code::kInvalid,
            "EMPTY_ADMIN_KEY",
            file.string() + " holds no key; write one into it, or remove it"
        );
    }
    return key;
}

}  // namespace

Task<Result<AdminKey>> ensure_admin_key(
    AdminKeySource source, store::TenantStore& store, const Clock& clock, Random& random
) {
    AdminKey admin;
    std::string key(trim(source.configured_key));
    if (key.empty()) {
        admin.file = source.data_directory / "admin.key";
        SB_CO_TRY(key, read_key_file(admin.file));
    }
    if (key.empty()) {
        SB_CO_TRY(const bool stored, co_await store.has_admin_key());
        if (stored) {
            co_return AdminKey{};
        }
        key = source.form.prefix + random.alphanumerics(source.form.length);
        SB_CO_OK(write_file_durably(admin.file, key + "\n", kOwnerOnly));
        admin.generated = true;
    }
    admin.hash = sha256_hex(key);
    SB_CO_OK(co_await store.set_admin_key(admin.hash, clock.now()));
    co_return admin;
}

}  // namespace signalbox::tenancy
