#include "files/directory/directory_result_files.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "files/directory/directories.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <set>

namespace signalbox::files {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxPathBytes = 1024;
constexpr std::size_t kMaxPartBytes = 255;
constexpr std::size_t kMaxDepth = 32;
constexpr std::string_view kManifest = "manifest.sha256";
// Some 20 MB; one that was forgotten costs reading its file once more.
constexpr std::size_t kMaxHashes = 100'000;

Failure bad_path(std::string_view path, std::string_view why) {
    return fail(
        Code::kInvalid,
        "BAD_RESULT_PATH",
        fmt::format("The result path \"{}\" {}", to_valid_utf8(path.substr(0, 200)), why)
    );
}

// The directory and the name that a checked path ends in.
struct SplitPath {
    std::string_view directory;
    std::string name;
};

SplitPath split_path(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) {
        return {.directory = {}, .name = std::string(path)};
    }
    return {.directory = path.substr(0, slash), .name = std::string(path.substr(slash + 1))};
}

Failure no_such_result(const std::string& path) {
    return fail(Code::kNotFound, "RESULT_NOT_FOUND", "No result file named " + path);
}

// A regular file below `files`, reached without following a link.
Result<OpenFile> open_result(const fs::path& files, const std::string& path) {
    const SplitPath parts = split_path(path);
    const auto directory = open_below(files, parts.directory, Missing::kIsAnError);
    if (!directory) {
        const Code code = directory.error().code();
        const bool absent = code == Code::kNotFound || code == Code::kInvalid;
        return absent ? no_such_result(path) : Failure(directory.error());
    }
    constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    OpenFile file{.fd = UniqueFd(::openat(directory->get(), parts.name.c_str(), kFlags))};
    if (!file.fd.valid() && errno != ENOENT && errno != ELOOP) {
        return fail(system_error(errno, "open the result file " + path));
    }
    struct stat status{};
    if (!file.fd.valid() || ::fstat(file.fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
        return no_such_result(path);
    }
    file.size_bytes = static_cast<std::uint64_t>(status.st_size);
    return file;
}

Result<void> store_part(const fs::path& part, const fs::path& files, const std::string& path) {
    SB_OK(make_directories(files, 0700));
    const SplitPath parts = split_path(path);
    const auto directory = open_below(files, parts.directory, Missing::kIsMade);
    const bool clash = !directory && directory.error().code() == Code::kInvalid;
    if (!directory && !clash) {
        return Failure(directory.error());
    }
    if (!clash && ::renameat(AT_FDCWD, part.c_str(), directory->get(), parts.name.c_str()) == 0) {
        return {};
    }
    if (clash || errno == EISDIR || errno == ENOTEMPTY) {
        return bad_path(path, "is a file and a directory at once");
    }
    return fail(system_error(errno, "store " + (files / path).string()));
}

Result<Digest> hash_of(const OpenFile& file, const std::string& path) {
    Sha256 hash;
    std::string buffer(std::size_t{1} << 18U, '\0');
    for (;;) {
        const ssize_t count = ::read(file.fd.get(), buffer.data(), buffer.size());
        if (count < 0 && errno != EINTR) {
            return fail(system_error(errno, "read the result file " + path));
        }
        if (count == 0) {
            return hash.finish();
        }
        if (count > 0) {
            hash.update(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
        }
    }
}

// The file is there, and is what the manifest says.
Result<void> check_file(
    const fs::path& files, const model::ResultFile& wanted, const std::string* known_hash
) {
    const auto file = open_result(files, wanted.path);
    if (!file && file.error().code() != Code::kNotFound) {
        return Failure(file.error());
    }
    if (!file || file->size_bytes != wanted.size_bytes) {
        return bad_path(wanted.path, "is in the manifest, but was not taken in with that size");
    }
    std::string hash;
    if (known_hash != nullptr) {
        hash = *known_hash;
    } else {
        SB_TRY(const Digest digest, hash_of(*file, wanted.path));
        hash = to_hex(digest);
    }
    if (hash != wanted.sha256) {
        return bad_path(wanted.path, "is in the manifest with another hash");
    }
    return {};
}

// Makes the names of what the manifest names durable, and removes what it does not name.
Result<void> settle_tree(const fs::path& files, const std::set<std::string>& named) {
    std::error_code problem;
    for (fs::recursive_directory_iterator it(files, problem), end; !problem && it != end;
         it.increment(problem)) {
        if (!it->is_symlink(problem) && it->is_directory(problem)) {
            SB_OK(sync_directory(it->path()));
        } else if (!named.contains(it->path().lexically_relative(files).string())) {
            fs::remove(it->path(), problem);
        }
    }
    if (problem) {
        return fail(system_error(problem.value(), "go through " + files.string()));
    }
    return sync_directory(files);
}

// What attempts before this one brought and never sealed: nobody can ask for it any more.
void remove_unsealed_before(const fs::path& job, std::int32_t attempt) {
    std::error_code ignored;
    for (std::int32_t n = 1; n < attempt; ++n) {
        const fs::path directory = job / std::to_string(n);
        if (!fs::exists(directory / kManifest, ignored)) {
            fs::remove_all(directory, ignored);
        }
    }
}

Result<void> write_manifest(
    const fs::path& directory,
    const std::vector<model::ResultFile>& manifest,
    const std::map<std::string, std::string>& hashes
) {
    SB_OK(make_directories(directory / "files", 0700));
    std::string text;
    std::set<std::string> named;
    for (const model::ResultFile& file : manifest) {
        SB_OK(check_result_path(file.path));
        const auto known = hashes.find(file.path);
        SB_OK(
            check_file(directory / "files", file, known == hashes.end() ? nullptr : &known->second)
        );
        text += fmt::format("{}  {}\n", file.sha256, file.path);
        named.insert(file.path);
    }
    SB_OK(settle_tree(directory / "files", named));
    std::error_code ignored;
    fs::remove_all(directory / "parts", ignored);
    return write_file_durably(directory / kManifest, text, 0600);
}

}  // namespace

Result<void> check_result_path(std::string_view path) {
    if (path.empty() || path.size() > kMaxPathBytes) {
        return bad_path(path, fmt::format("must have 1 to {} bytes", kMaxPathBytes));
    }
    if (!is_valid_utf8(path) || has_control_characters(path) ||
        path.find('\\') != std::string_view::npos) {
        return bad_path(path, "must be UTF-8 without control characters and backslashes");
    }
    const auto parts = split(path, '/');
    if (parts.size() > kMaxDepth) {
        return bad_path(path, fmt::format("is deeper than {} directories", kMaxDepth));
    }
    for (const std::string_view part : parts) {
        if (part.empty() || part == "." || part == ".." || part.size() > kMaxPartBytes) {
            return bad_path(path, "must be relative, without empty, `.` or `..` parts");
        }
    }
    return {};
}

class DirectoryResultWriter final : public ResultWriter {
public:
    DirectoryResultWriter(
        DirectoryResultFiles& owner, ResultPlace place, std::string path, fs::path part
    )
        : owner_(owner),
          place_(std::move(place)),
          path_(std::move(path)),
          state_(std::make_shared<State>()) {
        state_->part = std::move(part);
    }

    Task<Result<void>> open() {
        co_return co_await owner_.pool_.run([state = state_]() -> Result<void> {
            SB_OK(make_directories(state->part.parent_path(), 0700));
            SB_TRY(
                state->file, open_file(state->part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600)
            );
            return {};
        });
    }

    Task<Result<void>> write(std::string bytes) override {
        co_return co_await owner_.pool_.run(
            [state = state_, bytes = std::move(bytes)]() -> Result<void> {
                state->hash.update(bytes);
                return write_all(state->file.get(), bytes, state->part.string());
            }
        );
    }

    Task<Result<void>> commit(std::string expected_sha256) override {
        auto work = [state = state_,
                     files = owner_.directory_of(place_) / "files",
                     path = path_,
                     expected_sha256]() -> Result<void> {
            if (to_hex(state->hash.finish()) != expected_sha256) {
                return fail(
                    Code::kInvalid,
                    "HASH_MISMATCH",
                    "The bytes of this file do not have the announced SHA-256 " + expected_sha256
                );
            }
            if (::fsync(state->file.get()) != 0) {
                return fail(system_error(errno, "sync " + state->part.string()));
            }
            return store_part(state->part, files, path);
        };
        SB_CO_OK(co_await owner_.pool_.run(std::move(work)));
        owner_.remember(place_.attempt, std::move(path_), std::move(expected_sha256));
        co_return Result<void>();
    }

private:
    // Shared with a write that nobody waits for any more.
    struct State {
        ~State() { ::unlink(part.c_str()); }

        fs::path part;
        UniqueFd file;
        Sha256 hash;
    };

    DirectoryResultFiles& owner_;
    ResultPlace place_;
    std::string path_;
    std::shared_ptr<State> state_;
};

fs::path DirectoryResultFiles::directory_of(const ResultPlace& place) const {
    return root_ / place.tenant.text / place.attempt.job.text / std::to_string(place.attempt.n);
}

Task<Result<std::unique_ptr<ResultWriter>>> DirectoryResultFiles::create(
    ResultPlace place, std::string path
) {
    SB_CO_OK(check_result_path(path));
    fs::path part = directory_of(place) / "parts" / std::to_string(next_part_++);
    auto writer = std::make_unique<DirectoryResultWriter>(
        *this, std::move(place), std::move(path), std::move(part)
    );
    SB_CO_OK(co_await writer->open());
    co_return std::unique_ptr<ResultWriter>(std::move(writer));
}

Task<Result<void>> DirectoryResultFiles::seal(
    ResultPlace place, std::vector<model::ResultFile> manifest
) {
    const auto found = taken_in_.find(place.attempt);
    Hashes hashes = found == taken_in_.end() ? Hashes{} : found->second;
    const fs::path directory = directory_of(place);
    auto work = [root = root_,
                 directory,
                 n = place.attempt.n,
                 manifest = std::move(manifest),
                 hashes = std::move(hashes)]() -> Result<void> {
        SB_OK(write_manifest(directory, manifest, hashes));
        remove_unsealed_before(directory.parent_path(), n);
        return sync_up_to(directory, root);
    };
    SB_CO_OK(co_await pool_.run(std::move(work)));
    forget(place.attempt.job, place.attempt.n);
    co_return Result<void>();
}

Task<Result<OpenFile>> DirectoryResultFiles::open(ResultPlace place, std::string path) {
    if (!check_result_path(path)) {
        co_return fail(Code::kNotFound, "RESULT_NOT_FOUND", "No such result file");
    }
    co_return co_await pool_.run([files = directory_of(place) / "files", path] {
        return open_result(files, path);
    });
}

void DirectoryResultFiles::remember(const AttemptId& attempt, std::string path, std::string hash) {
    hashes_ += taken_in_[attempt].insert_or_assign(std::move(path), std::move(hash)).second ? 1 : 0;
    // The oldest first: ids are ordered by time.
    while (hashes_ > kMaxHashes) {
        hashes_ -= taken_in_.begin()->second.size();
        taken_in_.erase(taken_in_.begin());
    }
}

void DirectoryResultFiles::forget(const JobId& job, std::int32_t last_attempt) {
    const auto begin = taken_in_.lower_bound({.job = job, .n = 0});
    const auto end = taken_in_.upper_bound({.job = job, .n = last_attempt});
    for (auto it = begin; it != end; ++it) {
        hashes_ -= it->second.size();
    }
    taken_in_.erase(begin, end);
}

Task<Result<void>> DirectoryResultFiles::remove_all(TenantId tenant, JobId job) {
    forget(job, std::numeric_limits<std::int32_t>::max());
    co_return co_await pool_.run([path = root_ / tenant.text / job.text] {
        return remove_tree(path);
    });
}

std::string DirectoryResultFiles::location(const ResultPlace& place) const {
    return (directory_of(place) / "files").string();
}

}  // namespace signalbox::files
