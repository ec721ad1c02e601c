#include "files/free_space.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <sys/statvfs.h>

#include <cerrno>

namespace signalbox::files {

Result<FreeSpace> measure_free_space(const std::filesystem::path& path) {
    struct statvfs status{};
    if (::statvfs(path.c_str(), &status) != 0) {
        return fail(system_error(errno, "measure the free space of " + path.string()));
    }
    return FreeSpace{
        .free_bytes = static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize,
        .total_bytes = static_cast<std::uint64_t>(status.f_blocks) * status.f_frsize
    };
}

std::optional<std::string> find_shortage(const std::filesystem::path& path, double share) {
    const auto space = measure_free_space(path);
    if (!space || space->fraction() >= share) {
        return std::nullopt;
    }
    return fmt::format(
        "only {:.1f} % of the server's disk is free ({})",
        space->fraction() * 100,
        format_bytes(space->free_bytes)
    );
}

}  // namespace signalbox::files
