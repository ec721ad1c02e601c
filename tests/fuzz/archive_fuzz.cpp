// What the guard lets pass has harmless names, and its files hold what their archive promises.
#include "base/text.hpp"
#include "scenario/archive/archive.hpp"
#include "tests/fuzz/input.hpp"

#include <sys/mman.h>

namespace {

using namespace signalbox;

constexpr scenario::ArchiveLimits kLimits{
    .max_entries = 100, .max_unpacked_bytes = 1U << 20U, .ratio_free_bytes = 1000
};

void check_name(std::string_view name) {
    SB_CHECK(!name.empty() && is_valid_utf8(name) && !has_control_characters(name));
    for (const std::string_view part : split(name, '/')) {
        SB_CHECK(!part.empty() && part != "." && part != "..");
        SB_CHECK(part.size() <= kLimits.max_name_bytes && !part.contains('\\'));
    }
}

void check(const scenario::Archive& archive) {
    std::uint64_t bytes = 0;
    for (const std::string& folder : archive.listing().folders) {
        check_name(folder);
    }
    for (const scenario::ArchiveEntry& file : archive.listing().files) {
        check_name(file.name);
        bytes += file.size_bytes;
        const auto text = archive.read_entry(file.name, kLimits.max_unpacked_bytes);
        SB_CHECK(!text || text->size() == file.size_bytes);
        SB_CHECK(archive.listing().find(file.name) == &file);
    }
    SB_CHECK(bytes == archive.listing().unpacked_bytes && bytes <= kLimits.max_unpacked_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const UniqueFd zip(::memfd_create("zip", MFD_CLOEXEC));
    SB_CHECK(zip.valid() && write_all(zip.get(), fuzz::as_text(data, size), "zip"));
    const auto archive =
        scenario::Archive::open("/proc/self/fd/" + std::to_string(zip.get()), kLimits);
    if (archive) {
        check(*archive);
    }
    return 0;
}
