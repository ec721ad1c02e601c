// The SUMO installations of this machine, found and asked what they can.
//
// Order of search: SIGNALBOX_SUMO_HOMES (directories, colon separated), SUMO_HOME, `sumo` in PATH,
// and the project's private folder beside its binaries. A home is a directory with `bin/sumo` or
// one whose `sumo` is in PATH (Debian: /usr/share/sumo and /usr/bin/sumo), and `data/xsd`.
//
// Threads: any (starts processes, all at once, and blocks for up to 10 s).  Suspends: never.
// Errors: kUnavailable `NO_SIMULATOR`; kInvalid `UNKNOWN_SIMULATOR` listing what there is.
#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace signalbox::scenario {

/// Long names of options, without dashes. There are hundreds, and a simulator is handed around with
/// every submission: copies share them.
class OptionNames {
public:
    using Names = std::set<std::string, std::less<>>;

    OptionNames() : OptionNames(Names()) {}

    OptionNames(std::initializer_list<std::string> names) : OptionNames(Names(names)) {}

    explicit OptionNames(Names names) : names_(std::make_shared<const Names>(std::move(names))) {}

    [[nodiscard]] bool contains(std::string_view name) const { return names_->contains(name); }

    [[nodiscard]] Names::const_iterator begin() const { return names_->begin(); }

    [[nodiscard]] Names::const_iterator end() const { return names_->end(); }

private:
    std::shared_ptr<const Names> names_;
};

struct Simulator {
    std::string version;  ///< `1.15.0`
    std::filesystem::path home;
    std::filesystem::path binary;
    OptionNames options;

    [[nodiscard]] bool has(std::string_view option) const { return options.contains(option); }
};

struct SimulatorSearch {
    std::vector<std::filesystem::path> homes;  ///< these first
    bool machine = true;                       ///< then environment, PATH and private folder
};

/// Where find_simulators looks: homes that are there, each once.
[[nodiscard]] std::vector<std::filesystem::path> find_homes(const SimulatorSearch& search);

/// The program of a home, without asking it; empty when there is none.
[[nodiscard]] std::filesystem::path find_binary(const std::filesystem::path& home);

/// Newest version first, each version once (the first home found). Empty when there is none.
[[nodiscard]] std::vector<Simulator> find_simulators(const SimulatorSearch& search = {});

/// One of them; `version` empty: the first. Never null.
[[nodiscard]] Result<const Simulator*> choose_simulator(
    std::span<const Simulator> simulators, std::string_view version
);

/// By their numbers: `1.9.2` before `1.15.0`.
[[nodiscard]] bool is_older_version(std::string_view a, std::string_view b);

}  // namespace signalbox::scenario
