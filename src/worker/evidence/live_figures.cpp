#include "worker/evidence/live_figures.hpp"

#include "worker/evidence/file_walk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace signalbox::worker {

namespace fs = std::filesystem;

namespace {

constexpr int kPipeBytes = 512 << 10;
constexpr std::size_t kReadBytes = std::size_t{64} << 10U;

// SUMO may run as another user; nobody else gets into the run's directory.
constexpr mode_t kPipeMode = 0622;

}  // namespace

Result<std::unique_ptr<LiveFigures>> LiveFigures::make(
    fs::path run_directory, const scenario::RunPlan& plan
) {
    std::unique_ptr<LiveFigures> live(new LiveFigures(std::move(run_directory), plan));
    if (plan.summary != scenario::SummarySource::kPipe) {
        return live;
    }
    const fs::path path = live->run_directory_ / live->path_;
    if (::mkfifo(path.c_str(), kPipeMode) != 0 || ::chmod(path.c_str(), kPipeMode) != 0) {
        return fail(system_error(errno, "make the pipe " + path.string()));
    }
    SB_TRY(live->pipe_, open_file(path, O_RDWR | O_NONBLOCK));
    // Room for what comes while nobody reads; less where the system grants less.
    ::fcntl(live->pipe_.get(), F_SETPIPE_SZ, kPipeBytes);
    return live;
}

LiveFigures::LiveFigures(fs::path run_directory, const scenario::RunPlan& plan)
    : run_directory_(std::move(run_directory)),
      source_(plan.summary),
      path_(plan.summary_path),
      result_(plan.summary_result),
      reader_([this](const scenario::SummaryStep& step) {
          newest_ = step;
          if (source_ == scenario::SummarySource::kPipe) {
              thinner_.add(step);
          }
      }) {
    if (path_.ends_with(".gz")) {
        source_ = scenario::SummarySource::kNone;
    }
}

LiveFigures::~LiveFigures() = default;

bool LiveFigures::read_some(std::size_t max_bytes) {
    switch (source_) {
        case scenario::SummarySource::kPipe:
            return read_pipe(max_bytes);
        case scenario::SummarySource::kUserFile:
            return read_file(max_bytes);
        case scenario::SummarySource::kNone:
            break;
    }
    return false;
}

bool LiveFigures::read_pipe(std::size_t max_bytes) {
    std::array<char, kReadBytes> buffer;  // NOLINT: filled by read
    bool any = false;
    for (std::size_t taken = 0; taken < max_bytes;) {
        const ssize_t count = ::read(pipe_.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            break;
        }
        reader_.feed({buffer.data(), static_cast<std::size_t>(count)});
        taken += static_cast<std::size_t>(count);
        any = true;
    }
    return any;
}

bool LiveFigures::read_file(std::size_t max_bytes) {
    const auto file = open_beneath(run_directory_, path_);
    if (!file) {
        return false;  // not made yet
    }
    std::array<char, kReadBytes> buffer;  // NOLINT: filled by pread
    bool any = false;
    for (std::size_t taken = 0; taken < max_bytes;) {
        const ssize_t count =
            ::pread(file->get(), buffer.data(), buffer.size(), static_cast<off_t>(file_offset_));
        if (count <= 0) {
            break;
        }
        reader_.feed({buffer.data(), static_cast<std::size_t>(count)});
        file_offset_ += static_cast<std::uint64_t>(count);
        taken += static_cast<std::size_t>(count);
        any = true;
    }
    return any;
}

Result<void> LiveFigures::finish() {
    if (!pipe_.valid()) {
        return {};
    }
    pipe_.reset();
    remove_beneath(run_directory_, path_);
    if (result_.empty() || thinner_.steps().empty()) {
        return {};
    }
    std::string xml = thinner_.to_xml();
    if (!complete()) {
        xml.resize(std::min(xml.size(), xml.rfind("</summary>")));
    }
    SB_TRY(const UniqueFd file, create_beneath(run_directory_, result_));
    return write_all(file.get(), xml, result_);
}

}  // namespace signalbox::worker
