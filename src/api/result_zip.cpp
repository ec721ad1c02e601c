#include "api/result_zip.hpp"

#include "base/log.hpp"
#include "net/file_chunk.hpp"
#include "wire/zip_writer.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace signalbox::api {

namespace {

wire::ZipEntry entry_of(const ResultZip& zip, const model::ResultFile& file) {
    return {.name = file.path, .size_bytes = file.size_bytes, .modified = zip.modified};
}

struct ZipSender {
    files::ResultFiles& files;
    async::BlockingPool& pool;
    net::BodyWriter& writer;
    wire::ZipWriter zip{};
    std::string out{};

    Task<Result<void>> flush() {
        const auto written = co_await writer.write(out);
        out.clear();
        co_return written;
    }

    Task<Result<void>> send_file(files::ResultPlace place, wire::ZipEntry entry) {
        const std::uint64_t size = entry.size_bytes;
        SB_CO_TRY(auto opened, co_await files.open(std::move(place), entry.name));
        const auto fd = std::make_shared<const UniqueFd>(std::move(opened.fd));
        zip.begin_entry(out, std::move(entry));
        for (std::uint64_t offset = 0; offset < size;) {
            const std::size_t length = std::min<std::uint64_t>(net::kFileChunk, size - offset);
            SB_CO_TRY(const std::string piece, co_await pool.run([fd, offset, length] {
                return net::read_file_chunk(*fd, offset, length);
            }));
            zip.append(out, piece);
            offset += piece.size();
            SB_CO_OK(co_await flush());
        }
        zip.end_entry(out);
        co_return Result<void>();
    }

    Task<Result<void>> send_all(const ResultZip& order) {
        for (const model::ResultFile& file : order.files) {
            SB_CO_OK(co_await send_file(order.place, entry_of(order, file)));
            if (out.size() >= net::kFileChunk) {
                SB_CO_OK(co_await flush());
            }
        }
        zip.finish(out);
        co_return co_await flush();
    }
};

}  // namespace

std::uint64_t size_of(const ResultZip& zip) {
    std::vector<wire::ZipEntry> entries;
    entries.reserve(zip.files.size());
    for (const model::ResultFile& file : zip.files) {
        entries.push_back(entry_of(zip, file));
    }
    return wire::ZipWriter::size_of(entries);
}

Task<void> send_results_zip(
    ResultZip zip, files::ResultFiles& files, async::BlockingPool& pool, net::BodyWriter& writer
) {
    ZipSender sender{.files = files, .pool = pool, .writer = writer};
    const auto sent = co_await sender.send_all(zip);
    if (!sent) {
        log::warning(
            "results.zip cut short",
            {{"request_id", zip.request_id}, {"error", sent.error().message()}}
        );
        writer.abort();
    }
}

}  // namespace signalbox::api
