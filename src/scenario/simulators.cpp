#include "scenario/simulators.hpp"

#include "base/text.hpp"
#include "scenario/process_output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <system_error>
#include <utility>

namespace signalbox::scenario {

namespace {

namespace fs = std::filesystem;

bool is_program(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

bool is_home(const fs::path& path) {
    std::error_code ignored;
    return !path.empty() && fs::is_directory(path / "data" / "xsd", ignored);
}

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

/// Every `sumo` that PATH leads to, first things first.
std::vector<fs::path> programs_in_path() {
    const std::string path = environment("PATH");
    std::vector<fs::path> programs;
    for (const std::string_view directory : split(path, ':')) {
        if (!directory.empty() && is_program(fs::path(directory) / "sumo")) {
            programs.push_back(fs::path(directory) / "sumo");
        }
    }
    return programs;
}

/// `<prefix>/lib/python3.x/site-packages/sumo`: where PyPI's wheel puts the whole suite.
std::vector<fs::path> wheel_homes(const fs::path& prefix) {
    std::vector<fs::path> homes;
    std::error_code failed;
    for (fs::directory_iterator at(prefix / "lib", failed), end; !failed && at != end;
         at.increment(failed)) {
        const fs::path home = at->path() / "site-packages" / "sumo";
        if (at->path().filename().string().starts_with("python3.") && is_home(home)) {
            homes.push_back(home);
        }
    }
    std::ranges::sort(homes);
    return homes;
}

/// The home that belongs to a binary: the wheel's, the directory above, or Debian's share/sumo.
fs::path home_of(const fs::path& binary) {
    std::error_code failed;
    const fs::path real = fs::canonical(binary, failed);
    const fs::path found = failed ? binary : real;
    for (const fs::path& path : {binary, found}) {
        const fs::path prefix = path.parent_path().parent_path();
        for (const fs::path& home : {prefix, prefix / "share" / "sumo"}) {
            if (is_home(home)) {
                return home;
            }
        }
    }
    const auto wheels = wheel_homes(binary.parent_path().parent_path());
    return wheels.empty() ? fs::path() : wheels.front();
}

fs::path own_directory() {
    std::error_code failed;
    const fs::path self = fs::read_symlink("/proc/self/exe", failed);
    return failed ? fs::path() : self.parent_path();
}

/// What set-up installed beside the project: `.cache/sumo/<version>/`, a virtual environment each.
std::vector<fs::path> private_homes() {
    const fs::path folder = own_directory() / ".." / ".." / ".." / ".cache" / "sumo";
    std::vector<fs::path> homes;
    std::error_code failed;
    for (fs::directory_iterator at(folder.lexically_normal(), failed), end; !failed && at != end;
         at.increment(failed)) {
        std::ranges::move(wheel_homes(at->path()), std::back_inserter(homes));
    }
    std::ranges::sort(homes);
    return homes;
}

std::vector<fs::path> homes_to_try(const SimulatorSearch& search) {
    std::vector<fs::path> homes = search.homes;
    if (!search.machine) {
        return homes;
    }
    const std::string listed = environment("SIGNALBOX_SUMO_HOMES");
    for (const std::string_view home : split(listed, ':')) {
        homes.emplace_back(home);
    }
    homes.emplace_back(environment("SUMO_HOME"));
    for (const fs::path& binary : programs_in_path()) {
        homes.push_back(home_of(binary));
    }
    std::ranges::move(private_homes(), std::back_inserter(homes));
    std::erase_if(homes, [](const fs::path& home) { return home.empty(); });
    return homes;
}

/// `Eclipse SUMO sumo Version 1.15.0` or, newer, `Eclipse SUMO sumo 1.28.0`.
std::string parse_version(std::string_view text) {
    const std::string_view line = trim(text.substr(0, text.find('\n')));
    if (line.find("SUMO") == std::string_view::npos) {
        return {};
    }
    const std::string_view word = line.substr(line.rfind(' ') + 1);
    return !word.empty() && word.front() >= '0' && word.front() <= '9' ? std::string(word)
                                                                       : std::string();
}

/// Lines such as `  -c, --configuration-file FILE   Loads …` of `sumo --help`.
OptionNames parse_options(std::string_view help) {
    OptionNames::Names options;
    for (const std::string_view line : split(help, '\n')) {
        const std::string_view text = trim(line);
        if (!line.starts_with("  ") || line.starts_with("   ") || !text.starts_with('-')) {
            continue;
        }
        const std::size_t dashes = text.find("--");
        if (dashes == 0 || (dashes == 4 && text.substr(2, 2) == ", ")) {
            const std::string_view name = text.substr(dashes + 2);
            options.emplace(name.substr(0, name.find_first_of(" \t\r")));
        }
    }
    return OptionNames(std::move(options));
}

std::vector<std::uint64_t> numbers_of(std::string_view version) {
    std::vector<std::uint64_t> numbers;
    for (const std::string_view part : split(version, '.')) {
        const std::string_view digits = part.substr(0, part.find_first_not_of("0123456789"));
        numbers.push_back(parse_number<std::uint64_t>(digits).value_or(0));
    }
    return numbers;
}

/// Asks one installation; kUnavailable when it does not run.
Result<Simulator> probe_simulator(const fs::path& home, const fs::path& binary) {
    const ProgramCall call{
        .program = binary,
        .arguments = {"--help"},  // its first line is that of --version
        .environment = {{"SUMO_HOME", home.string()}, {"LC_ALL", "C"}, {"PATH", "/usr/bin:/bin"}}
    };
    SB_TRY(const std::string help, output_of(call));
    Simulator simulator{
        .version = parse_version(help),
        .home = home,
        .binary = binary,
        .options = parse_options(help)
    };
    if (simulator.version.empty()) {
        return fail(
            Code::kUnavailable, "NO_SIMULATOR", binary.string() + " does not say its version"
        );
    }
    if (!simulator.has("net-file")) {
        return fail(
            Code::kUnavailable, "NO_SIMULATOR", binary.string() + " does not list its options"
        );
    }
    return simulator;
}

Result<Simulator> probe_home(const fs::path& home) {
    const fs::path place = home.lexically_normal();
    const fs::path binary = find_binary(place);
    if (binary.empty()) {
        return fail(
            Code::kUnavailable, "NO_SIMULATOR", "there is no bin/sumo for " + place.string()
        );
    }
    return probe_simulator(place, binary);
}

}  // namespace

// Its own, or that of the prefix it is shared data of.
std::filesystem::path find_binary(const std::filesystem::path& home) {
    for (const fs::path& binary :
         {home / "bin" / "sumo", home.parent_path().parent_path() / "bin" / "sumo"}) {
        if (is_program(binary)) {
            return binary;
        }
    }
    for (fs::path& binary : programs_in_path()) {
        if (home_of(binary) == home) {
            return std::move(binary);
        }
    }
    return {};
}

std::vector<std::filesystem::path> find_homes(const SimulatorSearch& search) {
    std::vector<fs::path> found;
    std::vector<fs::path> tried;
    for (fs::path& home : homes_to_try(search)) {
        std::error_code failed;
        fs::path real = fs::canonical(home, failed);
        if (!failed && std::ranges::find(tried, real) == tried.end()) {
            tried.push_back(std::move(real));
            found.push_back(std::move(home));
        }
    }
    return found;
}

std::vector<Simulator> find_simulators(const SimulatorSearch& search) {
    std::vector<std::future<Result<Simulator>>> asked;
    for (fs::path& home : find_homes(search)) {
        asked.push_back(std::async(std::launch::async, probe_home, std::move(home)));
    }
    std::vector<Simulator> found;
    for (auto& answer : asked) {
        auto simulator = answer.get();
        if (simulator &&
            std::ranges::find(found, simulator->version, &Simulator::version) == found.end()) {
            found.push_back(*std::move(simulator));
        }
    }
    std::ranges::sort(found, [](const Simulator& a, const Simulator& b) {
        return is_older_version(b.version, a.version);
    });
    return found;
}

Result<const Simulator*> choose_simulator(
    std::span<const Simulator> simulators, std::string_view version
) {
    if (simulators.empty()) {
        return fail(
            Code::kUnavailable,
            "NO_SIMULATOR",
            "There is no usable SUMO on this machine: install it (Debian: apt-get install sumo) or "
            "set SUMO_HOME"
        );
    }
    if (version.empty()) {
        return &simulators.front();
    }
    const auto match = std::ranges::find(simulators, version, &Simulator::version);
    if (match != simulators.end()) {
        return &*match;
    }
    std::vector<std::string> versions;
    for (const Simulator& simulator : simulators) {
        versions.push_back(simulator.version);
    }
    return fail(
        Code::kInvalid,
        "UNKNOWN_SIMULATOR",
        "SUMO " + to_valid_utf8(version) + " is not installed here; there is " +
            join(versions, ", ")
    );
}

bool is_older_version(std::string_view a, std::string_view b) {
    return numbers_of(a) < numbers_of(b);
}

}  // namespace signalbox::scenario
