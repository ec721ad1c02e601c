#include "worker/evidence/log_spool.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

namespace signalbox::worker {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kOwnMark = "signalbox: ";

}  // namespace

std::string clean_line(std::string_view line) {
    std::string clean = is_valid_utf8(line) ? std::string(line) : to_valid_utf8(line);
    for (std::size_t at = clean.find('\0'); at != std::string::npos; at = clean.find('\0', at)) {
        clean.replace(at, 1, kReplacement);
    }
    return clean;
}

Result<std::unique_ptr<LogSpool>> LogSpool::open(
    const std::filesystem::path& file, LogSpoolLimits limits
) {
    SB_TRY(UniqueFd fd, open_file(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600));
    return std::unique_ptr<LogSpool>(new LogSpool(std::move(fd), limits));
}

LogSpool::LogSpool(UniqueFd file, LogSpoolLimits limits)
    : file_(std::move(file)),
      limits_(limits),
      splitter_(limits.line_bytes, [this](wire::LineSplitter::Line line) { take(line); }) {}

void LogSpool::feed(std::string_view bytes) {
    splitter_.feed(bytes);
    write_out();
}

void LogSpool::note(std::string_view sentence) {
    std::string line = std::string(kOwnMark) + clean_line(sentence);
    // It may quote a file's name: still one line.
    std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
    append(line + "\n");
    write_out();
}

void LogSpool::finish() {
    splitter_.finish();
    write_out();
    if (dropped_bytes_ == 0) {
        return;
    }
    // Only a statement and a bounded tail follow: the limit may be passed by that much.
    full_ = false;
    limits_.file_bytes = size_ + 2 * limits_.tail_bytes + limits_.line_bytes;
    if (dropped_bytes_ > tail_size_) {
        note(
            "the log reached its limit; " + std::to_string(dropped_bytes_ - tail_size_) +
            " bytes are left out here"
        );
    }
    dropped_bytes_ = 0;
    for (const std::string& line : tail_) {
        append(line);
    }
    tail_.clear();
    write_out();
}

void LogSpool::take(wire::LineSplitter::Line line) {
    std::string text = clean_line(line.text);
    if (on_line_) {
        on_line_(text);
    }
    if (!line.partial) {
        text.push_back('\n');
    }
    append(text);
}

void LogSpool::append(std::string_view text) {
    full_ = full_ || size_ + unwritten_.size() + text.size() > limits_.file_bytes;
    if (full_) {
        drop(std::string(text));
    } else {
        unwritten_.append(text);
    }
}

void LogSpool::drop(std::string text) {
    dropped_bytes_ += text.size();
    tail_size_ += text.size();
    tail_.push_back(std::move(text));
    while (tail_size_ > limits_.tail_bytes) {
        tail_size_ -= tail_.front().size();
        tail_.pop_front();
    }
}

void LogSpool::write_out() {
    if (unwritten_.empty()) {
        return;
    }
    const auto written = write_all(file_.get(), unwritten_, "the log");
    if (written) {
        size_ += unwritten_.size();
    } else {
        disk_full_ = disk_full_ || written.error().code() == Code::kNoSpace;
        struct stat facts{};
        size_ =
            ::fstat(file_.get(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : size_;
    }
    unwritten_.clear();
}

}  // namespace signalbox::worker
