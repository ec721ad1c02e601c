// Live figures from `--summary-output`, byte by byte as it comes through a pipe or grows in a file.
//
// Threads: one at a time.  Suspends: never.  Errors: none; after malformed XML nothing more comes
// and `broken()` is true.
#pragma once

#include "model/figures.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::scenario {

/// One `<step>`; figures that this version of SUMO does not write are absent.
struct SummaryStep {
    double time = 0;  ///< seconds
    model::Count loaded;
    model::Count inserted;
    model::Count running;
    model::Count waiting;
    model::Count ended;
    model::Count arrived;
    model::Count collisions;
    model::Count teleports;
    model::Count halting;
    model::Count stopped;
    model::Figure mean_waiting_time;
    model::Figure mean_travel_time;
    model::Figure mean_speed;
    model::Figure mean_speed_relative;
};

class SummaryReader {
public:
    using Sink = std::function<void(const SummaryStep&)>;

    explicit SummaryReader(Sink sink);
    ~SummaryReader();

    SummaryReader(const SummaryReader&) = delete;
    SummaryReader& operator=(const SummaryReader&) = delete;

    void feed(std::string_view bytes);

    /// The closing tag was seen.
    [[nodiscard]] bool complete() const;
    [[nodiscard]] bool broken() const;

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
};

/// What the live figures of a job show of a step.
[[nodiscard]] model::Figures to_figures(const SummaryStep& step);

/// Keeps an even selection of the steps, first and last included, in bounded memory.
class SummaryThinner {
public:
    explicit SummaryThinner(std::size_t max_steps = 4000);

    void add(const SummaryStep& step);

    [[nodiscard]] const std::vector<SummaryStep>& steps() const { return steps_; }

    /// In the form of SUMO's own file.
    [[nodiscard]] std::string to_xml() const;

private:
    std::size_t max_steps_;
    std::size_t stride_ = 1;
    std::size_t seen_ = 0;
    bool last_is_extra_ = false;  ///< the newest step stands at the end though it is off the stride
    std::vector<SummaryStep> steps_;
};

}  // namespace signalbox::scenario
