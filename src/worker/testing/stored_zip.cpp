#include "worker/testing/stored_zip.hpp"

#include "base/crc32.hpp"

#include <cstdint>

namespace signalbox::worker {

namespace {

void put(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
        out.push_back(static_cast<char>(value >> (8 * i)));
    }
}

// What the local header and the directory say alike (APPNOTE 4.3.7, from "version needed").
std::string common_fields(const std::string& name, const std::string& content) {
    std::string out;
    put(out, 20, 2);
    put(out, 0x0800, 2);  // UTF-8 names
    put(out, 0, 2);       // stored
    put(out, 0x00210000, 4);
    put(out, crc32(0, content), 4);
    put(out, content.size(), 4);
    put(out, content.size(), 4);
    put(out, name.size(), 2);
    put(out, 0, 2);
    return out;
}

}  // namespace

std::string make_stored_zip(const ZipFiles& files) {
    std::string zip;
    std::string directory;
    for (const auto& [name, content] : files) {
        const std::string fields = common_fields(name, content);
        put(directory, 0x02014B50, 4);
        put(directory, 20, 2);
        directory += fields;
        put(directory, 0, 2 + 2 + 2);
        put(directory, 0, 4);
        put(directory, zip.size(), 4);
        directory += name;

        put(zip, 0x04034B50, 4);
        zip += fields + name + content;
    }
    const std::size_t begin = zip.size();
    zip += directory;
    put(zip, 0x06054B50, 4);
    put(zip, 0, 4);
    put(zip, files.size(), 2);
    put(zip, files.size(), 2);
    put(zip, directory.size(), 4);
    put(zip, begin, 4);
    put(zip, 0, 2);
    return zip;
}

}  // namespace signalbox::worker
