#include "files/free_space.hpp"

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

}  // namespace signalbox::files
