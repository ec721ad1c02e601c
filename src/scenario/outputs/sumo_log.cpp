#include "scenario/outputs/sumo_log.hpp"

#include "base/text.hpp"
#include "scenario/options/configuration.hpp"

#include <utility>

namespace signalbox::scenario {

namespace {

constexpr std::size_t kMaxErrorBytes = 2000;

/// The number behind `word` in `text`.
model::Count number_after(std::string_view text, std::string_view word) {
    const std::size_t at = text.find(word);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    text.remove_prefix(at + word.size());
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc() ? model::Count(number) : std::nullopt;
}

/// Names of the scenario stand in quotes; what they say is no fault.
std::string without_quotes(std::string_view line) {
    std::string rest;
    bool quoted = false;
    for (const char c : line) {
        quoted = quoted != (c == '\'');
        if (!quoted) {
            rest.push_back(c);
        }
    }
    return rest;
}

bool contains_any(std::string_view line, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
        if (line.find(word) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

/// `5703.00.` of newer versions: the full stop is not part of the time.
std::optional<double> parse_end_time(std::string_view text) {
    text = trim(text);
    if (text.ends_with('.')) {
        text.remove_suffix(1);
    }
    return parse_time(text);
}

}  // namespace

std::optional<StepLine> parse_step_line(std::string_view line) {
    constexpr std::string_view kStep = "Step #";
    line = trim(line);
    if (!line.starts_with(kStep)) {
        return std::nullopt;
    }
    line.remove_prefix(kStep.size());
    const auto time = parse_time(line.substr(0, line.find(' ')));
    if (!time) {
        return std::nullopt;
    }
    return StepLine{.time = *time, .vehicles_running = number_after(line, "ACT ")};
}

std::optional<StepLine> SumoLog::feed_line(std::string_view line) {
    constexpr std::string_view kEnded = "Simulation ended at time: ";
    constexpr std::string_view kReason = "Reason: ";
    if (auto step = parse_step_line(line)) {
        in_error_ = false;
        messages_.last_step = step->time;
        return step;
    }
    if (continue_error(line)) {
        return std::nullopt;
    }
    if (line.starts_with(kEnded)) {
        messages_.end_time = parse_end_time(line.substr(kEnded.size()));
    } else if (line.starts_with(kReason) && messages_.end_reason.empty()) {
        std::string_view reason = trim(line.substr(kReason.size()));
        if (reason.ends_with('.')) {
            reason.remove_suffix(1);
        }
        messages_.end_reason = to_valid_utf8(reason.substr(0, kMaxErrorBytes));
    } else if (line.starts_with("Warning: ")) {
        return std::nullopt;  // it may quote anything
    } else if (line.starts_with("Quitting (on error).")) {
        messages_.quit_on_error = true;
    }
    note_faults(line);
    return std::nullopt;
}

/// An error goes on in the lines behind it that begin with a blank.
bool SumoLog::continue_error(std::string_view line) {
    constexpr std::string_view kError = "Error: ";
    if (line.starts_with(kError)) {
        const bool first = !had_error_;
        had_error_ = true;
        if (first) {
            messages_.error =
                to_valid_utf8(trim(line.substr(kError.size())).substr(0, kMaxErrorBytes));
        }
        in_error_ = first;
        note_faults(without_quotes(line));
        return true;
    }
    const bool goes_on = in_error_ && line.starts_with(' ') && !trim(line).empty();
    if (goes_on && messages_.error.size() < kMaxErrorBytes) {
        messages_.error += " " + to_valid_utf8(trim(line).substr(0, kMaxErrorBytes));
    }
    in_error_ = goes_on;
    return goes_on;
}

void SumoLog::note_faults(std::string_view line) {
    messages_.disk_full |= contains_any(
        line, {"No space left on device", "Disk quota exceeded", "File too large", "disk full"}
    );
    messages_.memory_exhausted |= contains_any(
        line, {"bad_alloc", "Out of memory", "out of memory", "Cannot allocate memory"}
    );
}

}  // namespace signalbox::scenario
