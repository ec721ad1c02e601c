#include "scenario/testing/zip_builder.hpp"

#include "base/crc32.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <fstream>

namespace signalbox::scenario {

namespace {

void put(std::string& bytes, std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) {
        bytes.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
    }
}

std::uint32_t size_of(const ZipItem& item) {
    return item.size.value_or(static_cast<std::uint32_t>(item.data.size()));
}

std::uint32_t crc_of(const ZipItem& item) {
    return item.crc.value_or(crc32(0, item.data));
}

std::string zip64_extra(const ZipItem& item) {
    std::string extra;
    if (item.zip64) {
        put(extra, 0x0001, 2);
        put(extra, 16, 2);
        put(extra, size_of(item), 8);
        put(extra, item.data.size(), 8);
    }
    return extra;
}

/// Version to CRC: what both headers share.
void put_common(std::string& bytes, const ZipItem& item, std::uint16_t method) {
    put(bytes, item.flags, 2);
    put(bytes, method, 2);
    put(bytes, 0, 4);  // time and date
    put(bytes, crc_of(item), 4);
}

void put_sizes(std::string& bytes, const ZipItem& item) {
    put(bytes, item.zip64 ? 0xFFFFFFFFU : item.data.size(), 4);
    put(bytes, item.zip64 ? 0xFFFFFFFFU : size_of(item), 4);
}

void put_local(std::string& zip, const ZipItem& item) {
    const std::string& name = item.local_name ? *item.local_name : item.name;
    const std::string extra = zip64_extra(item);
    put(zip, 0x04034B50, 4);
    put(zip, 20, 2);
    put_common(zip, item, item.local_method.value_or(item.method));
    if (item.local_sizes) {
        put(zip, *item.local_sizes, 4);
        put(zip, *item.local_sizes, 4);
    } else {
        put_sizes(zip, item);
    }
    put(zip, name.size(), 2);
    put(zip, extra.size(), 2);
    zip += name + extra + item.data;
}

void put_entry(std::string& zip, const ZipItem& item, std::size_t offset) {
    const std::string extra = zip64_extra(item);
    put(zip, 0x02014B50, 4);
    put(zip, (3U << 8U) | 20U, 2);  // made on Unix
    put(zip, 20, 2);
    put_common(zip, item, item.method);
    put_sizes(zip, item);
    put(zip, item.name.size(), 2);
    put(zip, extra.size(), 2);
    put(zip, 0, 2);  // comment
    put(zip, 0, 2);  // disk
    put(zip, 0, 2);  // internal attributes
    put(zip, std::uint64_t{item.unix_mode} << 16U, 4);
    put(zip, item.header_offset.value_or(static_cast<std::uint32_t>(offset)), 4);
    zip += item.name + extra;
}

void put_zip64_end(std::string& zip, std::size_t entries, std::size_t offset, std::size_t bytes) {
    const std::size_t at = zip.size();
    put(zip, 0x06064B50, 4);
    put(zip, 44, 8);
    put(zip, 45, 2);
    put(zip, 45, 2);
    put(zip, 0, 4);
    put(zip, 0, 4);
    put(zip, entries, 8);
    put(zip, entries, 8);
    put(zip, bytes, 8);
    put(zip, offset, 8);
    put(zip, 0x07064B50, 4);
    put(zip, 0, 4);
    put(zip, at, 8);
    put(zip, 1, 4);
}

}  // namespace

std::string make_zip(const std::vector<ZipItem>& items, const ZipShape& shape) {
    std::string zip;
    std::vector<std::size_t> offsets;
    for (const ZipItem& item : items) {
        offsets.push_back(zip.size());
        put_local(zip, item);
    }
    const std::size_t directory = zip.size();
    for (std::size_t i = 0; i < items.size(); ++i) {
        put_entry(zip, items[i], offsets[i]);
    }
    const std::size_t directory_bytes = zip.size() - directory;
    if (shape.zip64_end) {
        put_zip64_end(zip, items.size(), directory, directory_bytes);
    }
    const std::uint64_t entries =
        shape.zip64_end ? 0xFFFFU
                        : shape.claimed_entries.value_or(static_cast<std::uint16_t>(items.size()));
    put(zip, 0x06054B50, 4);
    put(zip, 0, 4);
    put(zip, entries, 2);
    put(zip, entries, 2);
    put(zip,
        shape.zip64_end
            ? 0xFFFFFFFFU
            : shape.claimed_directory_bytes.value_or(static_cast<std::uint32_t>(directory_bytes)),
        4);
    put(zip, shape.zip64_end ? 0xFFFFFFFFU : directory, 4);
    put(zip, shape.comment.size(), 2);
    return zip + shape.comment + shape.trailer;
}

std::filesystem::path write_zip(
    const std::filesystem::path& path, const std::vector<ZipItem>& items, const ZipShape& shape
) {
    write_text(path, make_zip(items, shape));
    return path;
}

std::uint32_t crc_of(const std::string& text) {
    return crc32(0, text);
}

void write_text(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file << text;
    SB_CHECK(file.good());
}

std::string deflate_stored(const std::string& text) {
    constexpr std::size_t kMostBytes = 65535;
    std::string stream;
    std::size_t at = 0;
    do {
        const std::string piece = text.substr(at, kMostBytes);
        at += piece.size();
        stream.push_back(at == text.size() ? '\1' : '\0');
        put(stream, piece.size(), 2);
        put(stream, ~piece.size(), 2);
        stream += piece;
    } while (at < text.size());
    return stream;
}

std::string gzip(const std::string& text) {
    std::string file("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    file += deflate_stored(text);
    put(file, crc32(0, text), 4);
    put(file, text.size(), 4);
    return file;
}

}  // namespace signalbox::scenario
