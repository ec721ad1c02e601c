// A stream of bytes that is read to its end: a file, an entry of an archive, or the inflated form
// of another one.
//
// Threads: one at a time.  Suspends: never (blocking reads).  Errors: kInvalid `CORRUPT_DATA` for
// data that cannot be inflated or is cut short; what the operating system says, else.
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace signalbox::scenario {

class ByteSource {
public:
    virtual ~ByteSource() = default;

    /// Fills a part of `room`, at least one byte; 0 is the end.
    [[nodiscard]] virtual Result<std::size_t> read(std::span<char> room) = 0;
};

/// A regular file; a symbolic link, a pipe or a device is refused.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path
);

/// `length` bytes from `offset` of an open file, which must outlive the source.
[[nodiscard]] std::unique_ptr<ByteSource> make_range_source(
    const UniqueFd& file, std::uint64_t offset, std::uint64_t length
);

/// Text in memory that must outlive the source.
[[nodiscard]] std::unique_ptr<ByteSource> make_text_source(std::string_view text);

/// Inflates gzip (RFC 1952, also several members one after the other); what is not gzip comes as it
/// is, whatever its name, as SUMO reads it.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> make_gunzip_source(
    std::unique_ptr<ByteSource> source
);

/// Inflates deflate without a header (RFC 1951) that is to yield `size` bytes of this CRC-32. The
/// two only complete the stream; whoever needs them checked does that.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> make_inflate_source(
    std::unique_ptr<ByteSource> packed, std::uint32_t crc, std::uint64_t size
);

/// Reads to the end and hands out each piece; stops when `sink` says false.
[[nodiscard]] Result<void> read_all(
    ByteSource& source, const std::function<bool(std::string_view)>& sink
);

/// The whole as text; more than `max_bytes` is kTooLarge.
[[nodiscard]] Result<std::string> read_text(ByteSource& source, std::size_t max_bytes);

}  // namespace signalbox::scenario
