// Random schedules of the parts that decide about jobs, each with a seed of its own.
//
//     SIGNALBOX_SIMULATION_SEED=17        that schedule alone, step by step on stderr
//     SIGNALBOX_SIMULATION_SCHEDULES=n    so many of them
//     SIGNALBOX_SIMULATION_FIRST=n        seeds from n on, for a search beyond those of every day
#include "base/log.hpp"
#include "base/text.hpp"
#include "tests/simulation/schedule.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace signalbox::simulation {
namespace {

constexpr std::uint64_t kSchedules = 100'000;

std::optional<std::uint64_t> number_from(const char* name) {
    const char* const text = std::getenv(name);
    return text == nullptr ? std::nullopt : parse_number<std::uint64_t>(text);
}

// Takes seeds until there are no more, or one has found something.
class Search {
public:
    Search(std::uint64_t first, std::uint64_t count) : next_(first), end_(first + count) {}

    void run() {
        Arena arena;
        std::int64_t steps = 0;
        for (std::uint64_t seed = next_++; seed < end_ && !found_; seed = next_++) {
            Schedule schedule(arena, seed, false);
            const auto violation = schedule.run();
            steps += schedule.steps();
            if (violation) {
                const std::lock_guard lock(mutex_);
                found_ = true;
                sentence_ += "seed " + std::to_string(seed) + ": " + *violation + "\n";
            }
        }
        steps_ += steps;
    }

    [[nodiscard]] const std::string& sentence() const { return sentence_; }

    [[nodiscard]] std::int64_t steps() const { return steps_; }

private:
    std::atomic<std::uint64_t> next_;
    std::uint64_t end_;
    std::atomic<bool> found_ = false;
    std::atomic<std::int64_t> steps_ = 0;
    std::mutex mutex_;
    std::string sentence_;
};

TEST(Simulation, NoScheduleBreaksWhatMustHold) {
    log::configure(log::Format::kText, log::Level::kError);
    if (const auto seed = number_from("SIGNALBOX_SIMULATION_SEED")) {
        Arena arena;
        Schedule schedule(arena, *seed, true);
        EXPECT_EQ(schedule.run(), std::nullopt);
        return;
    }
    const auto count = number_from("SIGNALBOX_SIMULATION_SCHEDULES").value_or(kSchedules);
    Search search(number_from("SIGNALBOX_SIMULATION_FIRST").value_or(1), count);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
        threads.emplace_back([&search] { search.run(); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(search.sentence(), "") << "replay one with SIGNALBOX_SIMULATION_SEED";
    RecordProperty("schedules", std::to_string(count));
    RecordProperty("steps", std::to_string(search.steps()));
}

}  // namespace
}  // namespace signalbox::simulation
