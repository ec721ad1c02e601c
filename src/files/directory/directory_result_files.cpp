#include "files/directory/directory_result_files.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace signalbox::files {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxPathBytes = 1024;
constexpr std::size_t kMaxPartBytes = 255;
constexpr std::size_t kMaxDepth = 32;
constexpr std::string_view kManifest = "manifest.sha256";

Failure bad_path(std::string_view path, std::string_view why) {
    return fail(
        Code::kInvalid,
        "BAD_RESULT_PATH",
        fmt::format("The result path \"{}\" {}", to_valid_utf8(path.substr(0, 200)), why)
    );
}

Result<Digest> hash_of(const fs::path& path) {
    SB_TRY(const UniqueFd file, open_file(path, O_RDONLY | O_NOFOLLOW));
    Sha256 hash;
    std::string buffer(std::size_t{1} << 18U, '\0');
    for (;;) {
        const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
        if (count < 0 && errno != EINTR) {
            return fail(system_error(errno, "read " + path.string()));
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
    const fs::path path = files / wanted.path;
    struct stat status{};
    const bool there = ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
    if (!there || static_cast<std::uint64_t>(status.st_size) != wanted.size_bytes) {
        return bad_path(wanted.path, "is in the manifest, but was not taken in with that size");
    }
    std::string hash;
    if (known_hash != nullptr) {
        hash = *known_hash;
    } else {
        SB_TRY(const Digest digest, hash_of(path));
        hash = to_hex(digest);
    }
    if (hash != wanted.sha256) {
        return bad_path(wanted.path, "is in the manifest with another hash");
    }
    return {};
}

Result<void> sync_tree(const fs::path& directory) {
    std::error_code problem;
    for (fs::recursive_directory_iterator it(directory, problem), end; !problem && it != end;
         it.increment(problem)) {
        if (it->is_directory(problem)) {
            SB_OK(sync_directory(it->path()));
        }
    }
    return sync_directory(directory);
}

Result<void> write_manifest(
    const fs::path& directory,
    const std::vector<model::ResultFile>& manifest,
    const std::map<std::string, std::string>& hashes
) {
    SB_OK(make_directories(directory / "files", 0700));
    std::string text;
    for (const model::ResultFile& file : manifest) {
        SB_OK(check_result_path(file.path));
        const auto known = hashes.find(file.path);
        SB_OK(
            check_file(directory / "files", file, known == hashes.end() ? nullptr : &known->second)
        );
        text += fmt::format("{}  {}\n", file.sha256, file.path);
    }
    SB_OK(sync_tree(directory / "files"));
    std::error_code ignored;
    fs::remove_all(directory / "parts", ignored);
    SB_OK(write_file_durably(directory / kManifest, text, 0600));
    return sync_directory(directory.parent_path());
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
        const fs::path target = owner_.directory_of(place_) / "files" / path_;
        auto work = [state = state_, target, expected_sha256]() -> Result<void> {
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
            SB_OK(make_directories(target.parent_path(), 0700));
            if (::rename(state->part.c_str(), target.c_str()) != 0) {
                return fail(system_error(errno, "store " + target.string()));
            }
            return {};
        };
        SB_CO_OK(co_await owner_.pool_.run(std::move(work)));
        owner_.taken_in_[place_.attempt][path_] = std::move(expected_sha256);
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
    auto work = [directory = directory_of(place),
                 manifest = std::move(manifest),
                 hashes = std::move(hashes)] {
        return write_manifest(directory, manifest, hashes);
    };
    SB_CO_OK(co_await pool_.run(std::move(work)));
    taken_in_.erase(place.attempt);
    co_return Result<void>();
}

Task<Result<OpenFile>> DirectoryResultFiles::open(ResultPlace place, std::string path) {
    if (!check_result_path(path)) {
        co_return fail(Code::kNotFound, "RESULT_NOT_FOUND", "No such result file");
    }
    auto work = [full = directory_of(place) / "files" / path, path]() -> Result<OpenFile> {
        auto file = open_file(full, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        struct stat status{};
        if (!file || ::fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode)) {
            return fail(Code::kNotFound, "RESULT_NOT_FOUND", "No result file named " + path);
        }
        return OpenFile{
            .fd = std::move(*file), .size_bytes = static_cast<std::uint64_t>(status.st_size)
        };
    };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<void>> DirectoryResultFiles::remove_all(TenantId tenant, JobId job) {
    std::erase_if(taken_in_, [&](const auto& entry) { return entry.first.job == job; });
    co_return co_await pool_.run([path = root_ / tenant.text / job.text]() -> Result<void> {
        std::error_code problem;
        fs::remove_all(path, problem);
        if (problem) {
            return fail(system_error(problem.value(), "remove " + path.string()));
        }
        return {};
    });
}

std::string DirectoryResultFiles::location(const ResultPlace& place) const {
    return (directory_of(place) / "files").string();
}

}  // namespace signalbox::files
