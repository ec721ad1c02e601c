// Readers of SUMO's outputs: statistics and trips; of finished files and of cut ones.
//
// All are streams of bytes in, records out; `.gz` is inflated by its name. A file that ends early
// is no error: what was there counts, and `complete` says whether the closing tag was seen. Times
// may be written for people (`1:02:03`).
//
// Threads: any.  Suspends: never (blocking reads).
// Errors: kNotFound, or what the operating system says. Malformed contents only end the reading.
#pragma once

#include "base/error.hpp"
#include "model/figures.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace signalbox::scenario {

/// `--statistic-output`.
struct StatisticReport {
    model::Figures figures;  ///< cost: only what SUMO says of itself
    bool complete = false;
};

[[nodiscard]] Result<StatisticReport> read_statistics(const std::filesystem::path& file);

/// Sums over `--tripinfo-output`.
struct TripinfoReport {
    std::int64_t finished = 0;
    std::int64_t unfinished = 0;  ///< arrival < 0: still under way at the end
    std::int64_t undeparted = 0;  ///< depart < 0: never inserted
    double route_length = 0;      ///< sums over finished trips
    double duration = 0;
    double waiting_time = 0;
    double time_loss = 0;
    double depart_delay = 0;
    double all_duration = 0;  ///< sums over all departed trips
    double all_depart_delay = 0;
    std::optional<model::Emissions> emissions;  ///< sums over all trips
    bool complete = false;
};

[[nodiscard]] Result<TripinfoReport> read_tripinfo(const std::filesystem::path& file);

/// Whether an output ends with the closing tag of its root, without reading all of a plain file.
[[nodiscard]] Result<bool> is_complete_xml(const std::filesystem::path& file);

}  // namespace signalbox::scenario
