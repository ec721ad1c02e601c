#include "cli/client/download.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace signalbox::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCopyBytes = std::size_t{256} << 10U;
constexpr unsigned kPartialContent = 206;
constexpr std::size_t kMaxNameBytes = 4096;

Failure unsafe_name(std::string_view name, std::string_view why) {
    return fail(
        Code::kInvalid,
        "UNSAFE_NAME",
        "the result file " + std::string(name) + " is not fetched: " + std::string(why)
    );
}

Result<void> check_name(std::string_view name) {
    if (name.empty() || name.size() > kMaxNameBytes || has_control_characters(name)) {
        return unsafe_name(
            to_valid_utf8(name), "the name is empty, too long or has control characters"
        );
    }
    if (name.starts_with('/') || name.contains('\\')) {
        return unsafe_name(name, "the name is not a relative path");
    }
    for (const std::string_view part : split(name, '/')) {
        if (part.empty() || part == "." || part == "..") {
            return unsafe_name(name, "the name leads outside the directory");
        }
    }
    return {};
}

/// Feeds what an earlier try left to `hash`; 0 when there is nothing to go on with.
std::uint64_t hash_file(const fs::path& path, Sha256& hash) {
    auto file = open_file(path, O_RDONLY | O_NOFOLLOW);
    if (!file) {
        return 0;
    }
    std::array<char, kCopyBytes> buffer{};
    std::uint64_t total = 0;
    for (;;) {
        const ssize_t count = read(file->get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return total;
        }
        hash.update({buffer.data(), static_cast<std::size_t>(count)});
        total += static_cast<std::uint64_t>(count);
    }
}

std::uint64_t size_of(const fs::path& path) {
    std::error_code problem;
    const auto status = fs::symlink_status(path, problem);
    if (problem || status.type() != fs::file_type::regular) {
        return 0;
    }
    const std::uintmax_t size = fs::file_size(path, problem);
    return problem ? 0 : size;
}

bool is_whole(const fs::path& path, const contract::ResultFileView& file) {
    if (file.sha256.empty() || size_of(path) != file.size_bytes) {
        return false;
    }
    Sha256 hash;
    return hash_file(path, hash) == file.size_bytes && to_hex(hash.finish()) == file.sha256;
}

// One try: the open `.part` file and what is known of its content.
struct Part {
    fs::path path;
    UniqueFd fd;
    Sha256 hash;
    std::uint64_t bytes = 0;
};

Result<Part> open_part(const fs::path& destination, bool anew) {
    Part part;
    part.path = destination.string() + ".part";
    if (!anew) {
        part.bytes = hash_file(part.path, part.hash);
    }
    const int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | (part.bytes == 0 ? O_TRUNC : O_APPEND);
    SB_TRY(part.fd, open_file(part.path, flags));
    return part;
}

Result<void> restart(Part& part) {
    if (ftruncate(part.fd.get(), 0) != 0 || lseek(part.fd.get(), 0, SEEK_SET) != 0) {
        return fail(system_error(errno, "cannot empty " + part.path.string()));
    }
    static_cast<void>(part.hash.finish());
    part.bytes = 0;
    return {};
}

Result<void> take_name(Part& part, const fs::path& destination) {
    if (rename(part.path.c_str(), destination.c_str()) != 0) {
        return fail(system_error(errno, "cannot rename " + part.path.string()));
    }
    return {};
}

Task<Result<void>> copy_body(
    net::ClientStream& stream, Part& part, std::uint64_t total, const TransferProgress& on_progress
) {
    for (;;) {
        SB_CO_TRY(const std::string_view piece, co_await stream.next());
        if (piece.empty()) {
            co_return Result<void>();
        }
        if (total > 0 && part.bytes + piece.size() > total) {
            co_return fail(
                Code::kInvalid,
                "CHECKSUM_MISMATCH",
                part.path.string() + ": more than the announced " + std::to_string(total) + " bytes"
            );
        }
        SB_CO_OK(write_all(part.fd.get(), piece, part.path.string()));
        part.hash.update(piece);
        part.bytes += piece.size();
        on_progress(part.bytes, total);
    }
}

Task<Result<net::ClientStream>> open_remote(
    ApiClient& client, const std::string& url, std::uint64_t offset
) {
    // Sizes and hashes are of the file itself, so it is asked for as it is.
    net::Headers headers{{.name = "Accept-Encoding", .value = "identity"}};
    if (offset > 0) {
        headers.set("Range", "bytes=" + std::to_string(offset) + "-");
    }
    if (url.starts_with("http://") || url.starts_with("https://")) {
        return client.open_elsewhere(url, std::move(headers));
    }
    return client.open(ApiCall{.target = url, .headers = std::move(headers)});
}

// True when the file is whole and right; false when it has to be fetched anew.
Task<Result<bool>> fetch_once(
    ApiClient& client,
    const contract::ResultFileView& file,
    Part& part,
    const TransferProgress& on_progress
) {
    if (part.bytes < file.size_bytes || file.size_bytes == 0) {
        auto stream = co_await open_remote(client, file.url, part.bytes);
        if (!stream && stream.error().code() == Code::kRange) {
            co_return false;
        }
        if (!stream) {
            co_return fail(std::move(stream).error());
        }
        if (part.bytes > 0 && stream->status() != kPartialContent) {
            SB_CO_OK(restart(part));
        }
        SB_CO_OK(co_await copy_body(*stream, part, file.size_bytes, on_progress));
    }
    const std::string sum = to_hex(part.hash.finish());
    co_return part.bytes == file.size_bytes && (file.sha256.empty() || sum == file.sha256);
}

}  // namespace

Result<fs::path> place_below(const fs::path& directory, std::string_view name) {
    SB_OK(check_name(name));
    const fs::path destination = directory / fs::path(name);
    std::error_code problem;
    const fs::path root = fs::canonical(directory, problem);
    // Before anything is made: a link that is there already may lead elsewhere.
    const fs::path parent =
        problem ? fs::path() : fs::weakly_canonical(destination.parent_path(), problem);
    const auto [root_end, ignored] = std::ranges::mismatch(root, parent);
    if (problem || root_end != root.end()) {
        return unsafe_name(name, "a link leads outside the directory");
    }
    SB_OK(make_directories(parent));
    if (fs::is_directory(fs::symlink_status(destination, problem))) {
        return unsafe_name(name, destination.string() + " is a directory");
    }
    return parent / destination.filename();
}

Task<Result<Downloaded>> download_file(
    ApiClient& client, contract::ResultFileView file, DownloadOptions options
) {
    SB_CO_TRY(const fs::path destination, place_below(options.directory, file.name));
    const fs::path shown = options.directory / file.name;
    if (is_whole(destination, file)) {
        co_return Downloaded{.path = shown, .bytes = file.size_bytes, .was_there = true};
    }
    std::error_code ignored;
    if (!options.overwrite && fs::exists(fs::symlink_status(destination, ignored))) {
        co_return fail(
            Code::kConflict,
            "FILE_EXISTS",
            shown.string() +
                " is there already and is another file: --overwrite replaces it, --to names "
                "another directory"
        );
    }
    for (const bool anew : {false, true}) {
        SB_CO_TRY(Part part, open_part(destination, anew));
        const std::uint64_t resumed_at = part.bytes;
        SB_CO_TRY(const bool right, co_await fetch_once(client, file, part, options.on_progress));
        if (right) {
            SB_CO_OK(take_name(part, destination));
            co_return Downloaded{.path = shown, .bytes = part.bytes, .resumed_at = resumed_at};
        }
        unlink(part.path.c_str());
        if (resumed_at == 0) {
            break;
        }
    }
    co_return fail(
        Code::kInvalid,
        "CHECKSUM_MISMATCH",
        file.name + " was fetched, but is not the file that was announced (" +
            std::to_string(file.size_bytes) + " bytes, sha256 " + file.sha256 + ")"
    );
}

Task<Result<Downloaded>> download_stream(
    ApiClient& client, std::string target, fs::path destination, TransferProgress on_progress
) {
    SB_CO_OK(make_directories(destination.parent_path()));
    SB_CO_TRY(Part part, open_part(destination, true));
    SB_CO_TRY(net::ClientStream stream, co_await client.open(ApiCall{.target = std::move(target)}));
    const auto copied = co_await copy_body(stream, part, 0, on_progress);
    if (!copied) {
        unlink(part.path.c_str());
        co_return fail(copied.error());
    }
    SB_CO_OK(take_name(part, destination));
    co_return Downloaded{.path = destination, .bytes = part.bytes};
}

}  // namespace signalbox::cli
