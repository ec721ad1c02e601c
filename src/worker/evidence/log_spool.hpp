// The run's log on disk: SUMO's output as clean lines, appended to one file, bounded.
//
// Lines end in LF whatever SUMO wrote; bytes that are no UTF-8, and NUL, become U+FFFD. Lines of
// the worker itself start with `signalbox: `. When the file reaches its limit, the rest is counted
// but for the newest lines, which are appended at the end behind a statement of what is missing.
//
// Threads: one at a time.  Suspends: never (writes to the page cache).
// Errors: open: kNoSpace, kInternal. Later a full disk only sets disk_full().
#pragma once

#include "base/error.hpp"
#include "base/fs.hpp"
#include "wire/line_splitter.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace signalbox::worker {

struct LogSpoolLimits {
    std::uint64_t file_bytes = std::uint64_t{1} << 30U;
    std::size_t tail_bytes = std::size_t{64} << 10U;  ///< kept of what comes after that
    std::size_t line_bytes = std::size_t{64} << 10U;
};

class LogSpool {
public:
    using LineSink = std::function<void(std::string_view)>;

    /// Replaces the file.
    [[nodiscard]] static Result<std::unique_ptr<LogSpool>> open(
        const std::filesystem::path& file, LogSpoolLimits limits
    );

    /// Sees each line of SUMO from now on, before it is written.
    void on_line(LineSink sink) { on_line_ = std::move(sink); }

    LogSpool(const LogSpool&) = delete;
    LogSpool& operator=(const LogSpool&) = delete;

    /// SUMO's output, cut anywhere.
    void feed(std::string_view bytes);

    /// A line of the worker's own.
    void note(std::string_view sentence);

    /// SUMO's output is over: ends its last line, then says what was dropped. note() still works.
    void finish();

    [[nodiscard]] bool disk_full() const { return disk_full_; }

private:
    LogSpool(UniqueFd file, LogSpoolLimits limits);

    void take(wire::LineSplitter::Line line);
    void append(std::string_view text);
    void drop(std::string text);
    void write_out();

    UniqueFd file_;
    LogSpoolLimits limits_;
    LineSink on_line_;
    wire::LineSplitter splitter_;
    std::string unwritten_;
    std::uint64_t size_ = 0;
    std::deque<std::string> tail_;
    std::size_t tail_size_ = 0;
    std::uint64_t dropped_bytes_ = 0;
    bool full_ = false;
    bool disk_full_ = false;
};

/// One line as it is kept: valid UTF-8 without NUL.
[[nodiscard]] std::string clean_line(std::string_view line);

}  // namespace signalbox::worker
