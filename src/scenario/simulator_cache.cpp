#include "scenario/simulator_cache.hpp"

#include "base/fs.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace signalbox::scenario {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kFirstLine = "signalbox simulators 1";
constexpr std::string_view kLastLine = "end";
constexpr std::size_t kFieldCount = 5;
constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20U;

std::string hash_homes(const SimulatorSearch& search) {
    std::string text;
    for (const fs::path& home : find_homes(search)) {
        text += home.string() + "\n";
    }
    return sha256_hex(text);
}

std::string stamp_of(const fs::path& binary) {
    struct stat facts{};
    if (::stat(binary.c_str(), &facts) != 0) {
        return "";
    }
    return std::to_string(facts.st_size) + "." + std::to_string(facts.st_mtim.tv_sec) + "." +
           std::to_string(facts.st_mtim.tv_nsec);
}

bool is_current(const RememberedSimulator& entry) {
    return entry.stamp == stamp_of(entry.simulator.binary);
}

}  // namespace

SimulatorCache::SimulatorCache(const fs::path& directory, SimulatorSearch search)
    : file_(directory.empty() ? fs::path() : directory / "simulators"),
      search_(std::move(search)) {}

std::vector<Simulator> SimulatorCache::find_all() const {
    std::vector<Simulator> simulators;
    const std::vector<RememberedSimulator> remembered = recall();
    if (remembered.empty() || !std::ranges::all_of(remembered, is_current)) {
        simulators = find_simulators(search_);
        remember(simulators);
        return simulators;
    }
    for (const RememberedSimulator& entry : remembered) {
        simulators.push_back(entry.simulator);
    }
    return simulators;
}

Result<Simulator> SimulatorCache::find(std::string_view version) const {
    for (const RememberedSimulator& entry : recall()) {
        if ((version.empty() || entry.simulator.version == version) && is_current(entry)) {
            return entry.simulator;
        }
    }
    const std::vector<Simulator> simulators = find_simulators(search_);
    remember(simulators);
    SB_TRY(const auto* const chosen, choose_simulator(simulators, version));
    return *chosen;
}

std::vector<RememberedSimulator> SimulatorCache::recall() const {
    if (file_.empty()) {
        return {};
    }
    const auto text = read_file(file_, kMaxFileBytes);
    auto remembered = text ? parse_remembered(*text) : std::nullopt;
    if (!remembered || remembered->homes != hash_homes(search_)) {
        return {};
    }
    return std::move(remembered->simulators);
}

// Written beside and renamed: other workers read and write at the same time.
void SimulatorCache::remember(const std::vector<Simulator>& simulators) const {
    if (file_.empty() || simulators.empty()) {
        return;
    }
    RememberedSimulators remembered{.homes = hash_homes(search_), .simulators = {}};
    for (const Simulator& simulator : simulators) {
        remembered.simulators.push_back(
            {.simulator = simulator, .stamp = stamp_of(simulator.binary)}
        );
    }
    const fs::path beside = file_.string() + "." + std::to_string(::getpid());
    const auto write = [&]() -> Result<void> {
        SB_OK(make_directories(file_.parent_path()));
        SB_TRY(const UniqueFd file, open_file(beside, O_WRONLY | O_CREAT | O_TRUNC, 0644));
        SB_OK(write_all(file.get(), format_remembered(remembered), beside.string()));
        if (::rename(beside.c_str(), file_.c_str()) != 0) {
            return fail(system_error(errno, "rename " + beside.string()));
        }
        return {};
    };
    if (const auto written = write(); !written) {
        log::warning("cannot remember the simulators", {{"error", written.error().message()}});
    }
}

std::string format_remembered(const RememberedSimulators& remembered) {
    std::string text = std::string(kFirstLine) + "\n" + remembered.homes + "\n";
    for (const auto& [simulator, stamp] : remembered.simulators) {
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

std::optional<RememberedSimulators> parse_remembered(std::string_view text) {
    const auto lines = split(text, '\n');
    if (lines.size() < 4 || lines[0] != kFirstLine || lines[lines.size() - 2] != kLastLine) {
        return std::nullopt;
    }
    RememberedSimulators remembered{.homes = std::string(lines[1]), .simulators = {}};
    for (std::size_t i = 2; i + 2 < lines.size(); ++i) {
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
        remembered.simulators.push_back(std::move(entry));
    }
    return remembered;
}

}  // namespace signalbox::scenario
