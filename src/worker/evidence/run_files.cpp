#include "worker/evidence/run_files.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "contract/worker_contract.hpp"
#include "worker/evidence/file_walk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace signalbox::worker {

namespace fs = std::filesystem;

namespace {

FileStamp stamp_of(const struct stat& facts) {
    return {
        .inode = facts.st_ino,
        .size = facts.st_size,
        .changed_ns = std::int64_t{facts.st_ctim.tv_sec} * 1'000'000'000 + facts.st_ctim.tv_nsec
    };
}

Result<model::ResultFile> hash_file(const fs::path& root, const std::string& path) {
    SB_TRY(const UniqueFd file, open_beneath(root, path));
    model::ResultFile result{.path = path, .size_bytes = 0, .sha256 = {}};
    Sha256 hash;
    std::vector<char> buffer(std::size_t{256} << 10U);
    for (;;) {
        const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return fail(system_error(errno, "read " + path));
        }
        if (count == 0) {
            break;
        }
        hash.update({buffer.data(), static_cast<std::size_t>(count)});
        result.size_bytes += static_cast<std::uint64_t>(count);
    }
    result.sha256 = to_hex(hash.finish());
    return result;
}

// Counts by reason, so that ten thousand links make one sentence.
class LeftOut {
public:
    void add(const std::string& why, const std::string& path) {
        Group& group = groups_[why];
        if (group.count++ == 0) {
            group.example = path;
        }
    }

    [[nodiscard]] std::vector<std::string> sentences() const {
        std::vector<std::string> result;
        for (const auto& [why, group] : groups_) {
            result.push_back(
                std::to_string(group.count) + (group.count == 1 ? " file is" : " files are") +
                " not kept (" + why + "), for example " + group.example
            );
        }
        return result;
    }

private:
    struct Group {
        std::size_t count = 0;
        std::string example;
    };

    std::map<std::string, Group> groups_;
};

// Empty: it is a result.
std::string obstacle(const FoundFile& file) {
    if (!S_ISREG(file.facts.st_mode)) {
        return "a link, pipe or device";
    }
    if (file.facts.st_nlink > 1) {
        return "a second name of another file";
    }
    if (!contract::is_result_path(file.path)) {
        return "its name is not valid text, or longer than " +
               std::to_string(contract::kMaxResultPathBytes) + " bytes";
    }
    return "";
}

bool is_input(const InputManifest& inputs, const FoundFile& file) {
    const auto input = inputs.find(file.path);
    return input != inputs.end() && input->second == stamp_of(file.facts);
}

}  // namespace

Result<InputManifest> record_inputs(const fs::path& run_directory) {
    InputManifest inputs;
    SB_OK(walk_files(run_directory, [&inputs](const FoundFile& file) {
        inputs.emplace(file.path, stamp_of(file.facts));
        return true;
    }));
    return inputs;
}

Result<RunResults> collect_results(
    const fs::path& run_directory, const InputManifest& inputs, ResultLimits limits
) {
    std::map<std::string, std::uint64_t> sizes;
    LeftOut left_out;
    SB_TRY(const WalkReport walked, walk_files(run_directory, [&](const FoundFile& file) {
               if (is_input(inputs, file)) {
                   return true;
               }
               if (const std::string why = obstacle(file); !why.empty()) {
                   left_out.add(why, file.path);
               } else {
                   sizes.emplace(file.path, static_cast<std::uint64_t>(file.facts.st_size));
               }
               return true;
           }));

    RunResults results;
    std::uint64_t bytes_left = limits.max_bytes;
    for (const auto& [path, size] : sizes) {
        if (results.files.size() == limits.max_files) {
            left_out.add("there are more than " + std::to_string(limits.max_files), path);
        } else if (size > bytes_left) {
            left_out.add(
                "all together are larger than " + std::to_string(limits.max_bytes) + " bytes", path
            );
        } else if (auto file = hash_file(run_directory, path)) {
            bytes_left -= std::min(bytes_left, file->size_bytes);
            results.files.push_back(std::move(*file));
        } else {
            left_out.add("it cannot be read", path);
        }
    }
    results.remarks = left_out.sentences();
    if (walked.cut) {
        results.remarks.push_back("some directories are too deep, too full or cannot be read");
    }
    return results;
}

}  // namespace signalbox::worker
