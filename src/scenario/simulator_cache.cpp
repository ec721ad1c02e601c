#include "scenario/simulator_cache.hpp"

#include "base/fs.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <utility>

namespace signalbox::scenario {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kFirstLine = "signalbox simulators 2";
constexpr std::string_view kLastLine = "end";
constexpr std::size_t kFieldCount = 5;
constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20U;

std::string stamp_of(const fs::path& binary) {
    struct stat facts{};
    if (::stat(binary.c_str(), &facts) != 0) {
        return "";
    }
    return std::to_string(facts.st_size) + "." + std::to_string(facts.st_mtim.tv_sec) + "." +
           std::to_string(facts.st_mtim.tv_nsec);
}

bool is_current(const RememberedSimulator& entry) {
    return find_binary(entry.simulator.home) == entry.simulator.binary &&
           stamp_of(entry.simulator.binary) == entry.stamp;
}

}  // namespace

SimulatorCache::SimulatorCache(const fs::path& directory, SimulatorSearch search)
    : file_(directory.empty() ? fs::path() : directory / "simulators"),
      search_(std::move(search)) {}

std::vector<Simulator> SimulatorCache::ask_all() const {
    // Before they are asked: one that is replaced meanwhile is asked again.
    std::map<fs::path, std::string> stamps;
    for (const fs::path& home : find_homes(search_)) {
        const fs::path binary = find_binary(home);
        stamps.emplace(binary, stamp_of(binary));
    }
    std::vector<Simulator> simulators = find_simulators(search_);
    std::vector<RememberedSimulator> remembered;
    for (const Simulator& simulator : simulators) {
        remembered.push_back({.simulator = simulator, .stamp = stamps[simulator.binary]});
    }
    if (!remembered.empty()) {
        remember(remembered);
    }
    return simulators;
}

// An empty version is the newest of all: what is remembered may lack a home that came since.
Result<Simulator> SimulatorCache::find(std::string_view version) const {
    if (!version.empty()) {
        const std::vector<fs::path> homes = find_homes(search_);
        for (const RememberedSimulator& entry : recall()) {
            const bool searched = std::ranges::any_of(homes, [&entry](const fs::path& home) {
                return home.lexically_normal() == entry.simulator.home;
            });
            if (entry.simulator.version == version && searched && is_current(entry)) {
                return entry.simulator;
            }
        }
    }
    const std::vector<Simulator> simulators = ask_all();
    SB_TRY(const auto* const chosen, choose_simulator(simulators, version));
    return *chosen;
}

std::vector<RememberedSimulator> SimulatorCache::recall() const {
    if (file_.empty()) {
        return {};
    }
    const auto text = read_file(file_, kMaxFileBytes);
    auto remembered = text ? parse_remembered(*text) : std::nullopt;
    return std::move(remembered).value_or(std::vector<RememberedSimulator>());
}

void SimulatorCache::remember(const std::vector<RememberedSimulator>& simulators) const {
    if (file_.empty()) {
        return;
    }
    const auto write = [&]() -> Result<void> {
        SB_OK(make_directories(file_.parent_path()));
        return write_file_atomically(file_, format_remembered(simulators), 0600);
    };
    if (const auto written = write(); !written) {
        log::warning("cannot remember the simulators", {{"error", written.error().message()}});
    }
}

std::string format_remembered(const std::vector<RememberedSimulator>& simulators) {
    std::string text = std::string(kFirstLine) + "\n";
    for (const auto& [simulator, stamp] : simulators) {
        const std::vector<std::string> options(simulator.options.begin(), simulator.options.end());
        const std::vector<std::string> fields{
            simulator.version,
            simulator.home.string(),
            simulator.binary.string(),
            stamp,
            join(options, " ")
        };
        const std::string line = join(fields, "\t");
        // A path with such characters is asked every time.
        if (split(line, '\t').size() == kFieldCount && !line.contains('\n')) {
            text += line + "\n";
        }
    }
    return text + std::string(kLastLine) + "\n";
}

std::optional<std::vector<RememberedSimulator>> parse_remembered(std::string_view text) {
    const auto lines = split(text, '\n');
    if (lines.size() < 3 || lines[0] != kFirstLine || lines[lines.size() - 2] != kLastLine) {
        return std::nullopt;
    }
    std::vector<RememberedSimulator> remembered;
    for (std::size_t i = 1; i + 2 < lines.size(); ++i) {
        const auto fields = split(lines[i], '\t');
        if (fields.size() != kFieldCount) {
            return std::nullopt;
        }
        RememberedSimulator entry{.simulator = {}, .stamp = std::string(fields[3])};
        entry.simulator.version = fields[0];
        entry.simulator.home = fields[1];
        entry.simulator.binary = fields[2];
        OptionNames::Names options;
        for (const std::string_view option : split(fields[4], ' ')) {
            if (!option.empty()) {
                options.emplace(option);
            }
        }
        entry.simulator.options = OptionNames(std::move(options));
        remembered.push_back(std::move(entry));
    }
    return remembered;
}

}  // namespace signalbox::scenario
