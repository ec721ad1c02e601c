#include "net/file_chunk.hpp"

#include <unistd.h>

#include <cerrno>

namespace signalbox::net {

Result<std::string> read_file_chunk(
    const UniqueFd& file, std::uint64_t offset, std::size_t length
) {
    std::string chunk(length, '\0');
    std::size_t filled = 0;
    while (filled < length) {
        const ssize_t count = ::pread(
            file.get(), chunk.data() + filled, length - filled, static_cast<off_t>(offset + filled)
        );
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return fail(system_error(errno, "reading a file to be sent"));
        }
        if (count == 0) {
            return fail(
                Code::kInternal,
                "FILE_SHRANK",
                "a file to be sent ended at byte " + std::to_string(offset + filled)
            );
        }
        filled += static_cast<std::size_t>(count);
    }
    return chunk;
}

}  // namespace signalbox::net
