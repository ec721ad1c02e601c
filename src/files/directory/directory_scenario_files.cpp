#include "files/directory/directory_scenario_files.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <mutex>
#include <set>

namespace signalbox::files {

namespace fs = std::filesystem;

// What makes looking at an archive's age and acting on it one step.
struct DirectoryScenarioFiles::Ages {
    std::mutex mutex;
    std::set<std::string> durable;  ///< hashes of archives known to be on the disk

    bool renew(const fs::path& path, const std::string& sha256, Instant now);
    Result<void> store(const fs::path& spooled, const fs::path& path);
    void remember(const std::string& sha256);
};

namespace {

constexpr std::size_t kHashDigits = 64;
// Hashes that are remembered; forgetting one costs a sync.
constexpr std::size_t kMaxDurable = 10'000;

bool is_hash(std::string_view text) {
    return text.size() == kHashDigits && std::ranges::all_of(text, is_hex_digit) &&
           to_lower(text) == text;
}

fs::path path_of(const fs::path& root, const std::string& sha256) {
    return root / sha256.substr(0, 2) / (sha256 + ".zip");
}

Failure not_stored(const std::string& sha256) {
    return fail(
        Code::kNotFound,
        "ARCHIVE_NOT_FOUND",
        fmt::format("The scenario archive {} is no longer stored", sha256.substr(0, 12))
    );
}

Result<void> set_time(const fs::path& path, Instant now) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
    const timespec time{.tv_sec = seconds.count(), .tv_nsec = 0};
    const std::array<timespec, 2> both{time, time};
    if (::utimensat(AT_FDCWD, path.c_str(), both.data(), 0) != 0) {
        return fail(system_error(errno, "touch " + path.string()));
    }
    return {};
}

Result<Instant> time_of(const fs::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        return fail(system_error(errno, "look at " + path.string()));
    }
    return Instant(std::chrono::seconds(status.st_mtim.tv_sec));
}

Result<void> sync_file(const fs::path& path) {
    SB_TRY(const UniqueFd file, open_file(path, O_RDONLY));
    if (::fsync(file.get()) != 0) {
        return fail(system_error(errno, "sync " + path.string()));
    }
    return {};
}

Result<std::vector<std::string>> list_files(
    const fs::path& root, Instant before, const std::string& after, std::size_t limit
) {
    std::vector<std::string> found;
    for (unsigned prefix = 0; prefix < 256 && found.size() < limit; ++prefix) {
        const std::string name = fmt::format("{:02x}", prefix);
        if (name < after.substr(0, 2)) {
            continue;
        }
        std::vector<std::string> here;
        std::error_code problem;
        for (fs::directory_iterator it(root / name, problem), end; !problem && it != end;
             it.increment(problem)) {
            std::string sha256 = it->path().stem().string();
            const auto time = time_of(it->path());
            if (is_hash(sha256) && sha256 > after && time && *time < before) {
                here.push_back(std::move(sha256));
            }
        }
        if (problem && problem != std::errc::no_such_file_or_directory) {
            return fail(system_error(problem.value(), "list " + (root / name).string()));
        }
        std::ranges::sort(here);
        found.insert(found.end(), here.begin(), here.end());
    }
    found.resize(std::min(found.size(), limit));
    return found;
}

}  // namespace

// Sweeps send one archive again and again: then only its age changes, and nothing is synced.
bool DirectoryScenarioFiles::Ages::renew(
    const fs::path& path, const std::string& sha256, Instant now
) {
    const std::lock_guard lock(mutex);
    return durable.contains(sha256) && set_time(path, now).has_value();
}

// The same content may be there already; replacing it changes nothing but its age.
Result<void> DirectoryScenarioFiles::Ages::store(const fs::path& spooled, const fs::path& path) {
    const std::lock_guard lock(mutex);
    if (::rename(spooled.c_str(), path.c_str()) != 0) {
        return fail(system_error(errno, "store " + path.string()));
    }
    return {};
}

void DirectoryScenarioFiles::Ages::remember(const std::string& sha256) {
    const std::lock_guard lock(mutex);
    if (durable.size() >= kMaxDurable) {
        durable.clear();
    }
    durable.insert(sha256);
}

DirectoryScenarioFiles::DirectoryScenarioFiles(
    async::BlockingPool& pool, const Clock& clock, fs::path root
)
    : pool_(pool), clock_(clock), root_(std::move(root)), ages_(std::make_shared<Ages>()) {}

Task<Result<void>> DirectoryScenarioFiles::adopt(fs::path spooled, model::ScenarioRef ref) {
    auto work = [path = path_of(root_, ref.sha256),
                 spooled = std::move(spooled),
                 sha256 = ref.sha256,
                 now = clock_.now(),
                 ages = ages_]() -> Result<void> {
        if (ages->renew(path, sha256, now)) {
            ::unlink(spooled.c_str());
            return {};
        }
        SB_OK(sync_file(spooled));
        SB_OK(set_time(spooled, now));
        SB_OK(make_directories(path.parent_path(), 0700));
        SB_OK(ages->store(spooled, path));
        SB_OK(sync_directory(path.parent_path()));
        SB_OK(sync_directory(path.parent_path().parent_path()));
        ages->remember(sha256);
        return {};
    };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<OpenFile>> DirectoryScenarioFiles::open(std::string sha256) {
    if (!is_hash(sha256)) {
        co_return not_stored(sha256);
    }
    co_return co_await pool_.run([root = root_, sha256]() -> Result<OpenFile> {
        auto file = open_file(path_of(root, sha256), O_RDONLY | O_NOFOLLOW);
        if (!file && file.error().code() == Code::kNotFound) {
            return not_stored(sha256);
        }
        if (!file) {
            return Failure(file.error());
        }
        struct stat status{};
        if (::fstat(file->get(), &status) != 0) {
            return fail(system_error(errno, "look at " + path_of(root, sha256).string()));
        }
        return OpenFile{
            .fd = std::move(*file), .size_bytes = static_cast<std::uint64_t>(status.st_size)
        };
    });
}

Task<Result<void>> DirectoryScenarioFiles::touch(std::string sha256) {
    if (!is_hash(sha256)) {
        co_return not_stored(sha256);
    }
    auto work = [root = root_, sha256, now = clock_.now(), ages = ages_]() -> Result<void> {
        const std::lock_guard lock(ages->mutex);
        const auto set = set_time(path_of(root, sha256), now);
        if (!set && set.error().code() == Code::kNotFound) {
            return not_stored(sha256);
        }
        return set;
    };
    co_return co_await pool_.run(std::move(work));
}

Task<Result<std::vector<std::string>>> DirectoryScenarioFiles::list_older_than(
    Instant before, std::string after, std::size_t limit
) {
    co_return co_await pool_.run([root = root_, before, after = std::move(after), limit] {
        return list_files(root, before, after, limit);
    });
}

Task<Result<void>> DirectoryScenarioFiles::remove(std::string sha256, Instant before) {
    if (!is_hash(sha256)) {
        co_return Result<void>();
    }
    auto work = [path = path_of(root_, sha256), sha256, before, ages = ages_]() -> Result<void> {
        const std::lock_guard lock(ages->mutex);
        const auto time = time_of(path);
        if (!time || *time >= before) {
            return {};
        }
        ages->durable.erase(sha256);
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
            return fail(system_error(errno, "remove " + path.string()));
        }
        return {};
    };
    co_return co_await pool_.run(std::move(work));
}

}  // namespace signalbox::files
