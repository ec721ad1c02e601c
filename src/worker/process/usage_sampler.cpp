#include "worker/process/usage_sampler.hpp"

#include <sys/statvfs.h>
#include "base/fs.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <ctime>

namespace signalbox::worker {

namespace fs = std::filesystem;

namespace {

// A walk may take this part of the time at most.
constexpr int kWalkShare = 50;
// Less room than this and the next write fails: SUMO would lose output without a word.
constexpr std::uint64_t kNoRoomBytes = std::uint64_t{1} << 20U;

std::int64_t bytes_of(const struct stat& facts) {
    const std::int64_t blocks = std::int64_t{facts.st_blocks} * 512;
    return S_ISREG(facts.st_mode) ? std::max<std::int64_t>(blocks, facts.st_size) : blocks;
}

}  // namespace

std::optional<std::int64_t> parse_status_line(std::string_view status, std::string_view name) {
    for (const std::string_view line : split(status, '\n')) {
        if (!line.starts_with(name) || line.substr(name.size(), 1) != ":") {
            continue;
        }
        std::string_view value = trim(line.substr(name.size() + 1));
        value = trim(value.substr(0, value.find(' ')));
        const auto kibibytes = parse_number<std::int64_t>(value);
        return kibibytes ? std::optional(*kibibytes * 1024) : std::nullopt;
    }
    return std::nullopt;
}

UsageSampler::UsageSampler(fs::path run_directory, const Clock& clock, WalkLimits limits)
    : run_directory_(std::move(run_directory)),
      clock_(clock),
      limits_(limits),
      input_bytes_(count_bytes()) {}

const model::Usage& UsageSampler::sample() {
    if (pid_ > 0) {
        read_memory();
        read_processor();
    }
    return clock_.steady() < next_walk_ ? usage_ : sample_output();
}

const model::Usage& UsageSampler::sample_output() {
    const SteadyTime begin = clock_.steady();
    usage_.output_bytes = std::max<std::int64_t>(0, count_bytes() - input_bytes_);
    const SteadyTime end = clock_.steady();
    next_walk_ = end + (end - begin) * kWalkShare;
    return usage_;
}

std::int64_t UsageSampler::count_bytes() {
    std::int64_t bytes = 0;
    const auto count = [&bytes](const FoundFile& file) {
        bytes += bytes_of(file.facts);
        return true;
    };
    const auto walked = walk_files(run_directory_, count, limits_);
    uncounted_ = walked && walked->cut;
    return bytes;
}

std::optional<std::int64_t> UsageSampler::passed_file_limit() const {
    return uncounted_ ? std::optional(static_cast<std::int64_t>(limits_.max_entries))
                      : std::nullopt;
}

void UsageSampler::read_memory() {
    const auto status = read_file("/proc/" + std::to_string(pid_) + "/status", 65536);
    if (!status) {
        return;
    }
    usage_.rss_bytes = parse_status_line(*status, "VmRSS").value_or(0);
    const std::int64_t peak = parse_status_line(*status, "VmHWM").value_or(usage_.rss_bytes);
    usage_.peak_rss_bytes = std::max(usage_.peak_rss_bytes, peak);
}

void UsageSampler::read_processor() {
    clockid_t processor{};
    timespec used{};
    if (::clock_getcpuclockid(pid_, &processor) == 0 && ::clock_gettime(processor, &used) == 0) {
        usage_.cpu_seconds =
            static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
    }
}

void UsageSampler::note_end(double cpu_seconds, std::int64_t peak_rss_bytes) {
    pid_ = 0;
    usage_.rss_bytes = 0;
    usage_.cpu_seconds = std::max(usage_.cpu_seconds, cpu_seconds);
    usage_.peak_rss_bytes = std::max(usage_.peak_rss_bytes, peak_rss_bytes);
}

bool UsageSampler::has_room() const {
    struct statvfs facts{};
    if (::statvfs(run_directory_.c_str(), &facts) != 0) {
        return true;
    }
    // Some file systems have no fixed number of files, and say 0 of 0.
    const bool has_names = facts.f_files == 0 || facts.f_favail > 0;
    return has_names && std::uint64_t{facts.f_bavail} * facts.f_frsize >= kNoRoomBytes;
}

std::optional<std::int64_t> count_oom_kills() {
    const auto membership = read_file("/proc/self/cgroup", 65536);
    if (!membership) {
        return std::nullopt;
    }
    for (const std::string_view line : split(*membership, '\n')) {
        if (!line.starts_with("0::")) {
            continue;
        }
        const auto events =
            read_file("/sys/fs/cgroup" + std::string(line.substr(3)) + "/memory.events", 65536);
        const std::size_t at = events ? events->find("oom_kill ") : std::string::npos;
        if (at == std::string::npos) {
            return std::nullopt;
        }
        const std::string_view rest = std::string_view(*events).substr(at + 9);
        return parse_number<std::int64_t>(rest.substr(0, rest.find('\n')));
    }
    return std::nullopt;
}

}  // namespace signalbox::worker
