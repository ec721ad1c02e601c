#include "scenario/run_plan.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <system_error>

namespace signalbox::scenario {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxConfigurationBytes = std::size_t{1} << 20U;

struct Injection {
    std::string_view option;
    OutputKind kind;
    std::string_view file;
};

constexpr std::array<Injection, 3> kInjections{{
    {.option = "statistic-output", .kind = OutputKind::kStatistics, .file = "statistics.xml"},
    {.option = "tripinfo-output", .kind = OutputKind::kTripinfo, .file = "tripinfo.xml"},
    {.option = "edgedata-output", .kind = OutputKind::kEdgedata, .file = "edgedata.xml"},
}};

std::string to_text(double number) {
    std::array<char, 64> text{};
    const auto [end, problem] = std::to_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc() ? std::string(text.data(), end) : std::string();
}

/// As SUMO writes it for `TIME` in a prefix; from one clock, so that every name is known before.
std::string stamp(Instant instant) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(instant - day));
    const auto padded = [](auto number, std::size_t width) {
        std::string text = std::to_string(number);
        return std::string(width - std::min(width, text.size()), '0') + text;
    };
    return padded(static_cast<int>(date.year()), 4) + "-" +
           padded(static_cast<unsigned>(date.month()), 2) + "-" +
           padded(static_cast<unsigned>(date.day()), 2) + "-" + padded(time.hours().count(), 2) +
           "-" + padded(time.minutes().count(), 2) + "-" + padded(time.seconds().count(), 2);
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + by.size())) {
        text.replace(at, what.size(), by);
    }
    return text;
}

/// A folder of our own that nothing of the scenario uses.
std::string free_folder(const fs::path& directory) {
    std::string name = "signalbox";
    std::error_code ignored;
    for (int n = 2; fs::exists(fs::symlink_status(directory / name, ignored)) && n < 1000; ++n) {
        name = "signalbox-" + std::to_string(n);
    }
    return name;
}

OutputKind kind_of(std::string_view option) {
    for (const Injection& injection : kInjections) {
        if (injection.option == option) {
            return injection.kind;
        }
    }
    return option == "summary-output" ? OutputKind::kSummary : OutputKind::kOther;
}

/// `.xml` and `.xml.gz` end in a closing tag, unless another format was asked for.
bool is_xml(std::string_view path, std::string_view format) {
    const bool named_xml = path.ends_with(".xml") || path.ends_with(".xml.gz");
    return named_xml && (format.empty() || equals_ignoring_case(format, "xml"));
}

/// Not those that are named by a prefix of their own, or made only if something asks for them.
bool is_certain(std::string_view option) {
    constexpr std::array<std::string_view, 6> kDoubtful{
        "vtk-output",
        "save-state.prefix",
        "save-state.files",
        "elechybrid-output",
        "personinfo-output",
        "personroute-output"
    };
    return std::ranges::find(kDoubtful, option) == kDoubtful.end() &&
           !option.starts_with("device.") && !option.starts_with("pedestrian.jupedsim") &&
           !option.ends_with("log");
}

class Planner {
public:
    Planner(const RunRequest& request, const Simulator& simulator, const Configuration& own)
        : request_(request),
          simulator_(simulator),
          effective_(with_args(own, request.args)),
          folder_(free_folder(request.directory)) {}

    RunPlan make() {
        take_run_options();
        fix_names();
        inject_outputs();
        plan_summary();
        list_user_outputs();
        list_folders();
        plan_.arguments = {"-c", request_.config_file};
        for (const std::string& arg : request_.args) {
            const std::string name = arg.substr(2, arg.find('=') - 2);
            if (find_own(name) == nullptr) {
                plan_.arguments.push_back(arg);
            }
        }
        for (const auto& [name, value] : own_) {
            plan_.arguments.push_back("--" + name + "=" + value);
        }
        plan_.environment = environment();
        plan_.end_seconds = end_of(effective_);
        plan_.begin_seconds = begin_of(effective_);
        return std::move(plan_);
    }

private:
    /// An option of ours beats the user's of the same name: SUMO takes each but once.
    void set(std::string name, std::string value) {
        effective_.settings.push_back({.name = name, .written = name, .value = value, .line = 0});
        own_.emplace_back(std::move(name), std::move(value));
    }

    [[nodiscard]] const std::string* find_own(std::string_view name) const {
        for (const auto& [own, value] : own_) {
            if (own == name) {
                return &value;
            }
        }
        return nullptr;
    }

    void take_run_options() {
        if (request_.seed) {
            set("seed", std::to_string(*request_.seed));
            if (effective_.is_set("random")) {
                set("random", "false");
            }
        }
        if (request_.end) {
            set("end", to_text(*request_.end));
        }
        if (simulator_.has("duration-log.statistics")) {
            set("duration-log.statistics", "true");  // prints how and when it ended
        }
        if (!effective_.value_of("language").empty()) {
            set("language", "C");  // the messages are read
        }
        if (effective_.is_set("no-step-log")) {
            set("no-step-log", "false");
        }
    }

    void fix_names() {
        for (const std::string_view option : {"output-prefix", "output-suffix"}) {
            const std::string value(effective_.value_of(option));
            const std::string known = replaced(expanded(value), "TIME", stamp(request_.started_at));
            if (known != value) {
                set(std::string(option), known);
            }
        }
    }

    /// `${NAME}` as SUMO replaces it; of what is not in the run's environment nothing is left.
    [[nodiscard]] std::string expanded(std::string text) const {
        for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${", at)) {
            const std::size_t end = text.find('}', at);
            if (end == std::string::npos) {
                break;
            }
            const std::string by = value_of_variable(text.substr(at + 2, end - at - 2));
            text.replace(at, end + 1 - at, by);
            at += by.size();
        }
        return text;
    }

    [[nodiscard]] std::string value_of_variable(std::string_view name) const {
        if (name == "LOCALTIME" || name == "UTC") {
            return stamp(request_.started_at);
        }
        for (const auto& [key, value] : environment()) {
            if (key == name) {
                return value;
            }
        }
        return {};
    }

    [[nodiscard]] bool wants(std::string_view option) const {
        return !trim(effective_.value_of(option)).empty();
    }

    void inject_outputs() {
        for (const Injection& injection : kInjections) {
            if (wants(injection.option) || !simulator_.has(injection.option)) {
                continue;
            }
            set(std::string(injection.option), folder_ + "/" + std::string(injection.file));
            if (injection.kind == OutputKind::kTripinfo &&
                simulator_.has("tripinfo-output.write-unfinished")) {
                set("tripinfo-output.write-unfinished", "true");
            }
        }
    }

    void plan_summary() {
        const auto period = parse_time(effective_.value_of("summary-output.period"));
        const bool rare = period && *period > 0;
        if (wants("summary-output")) {
            if (!rare) {
                plan_.summary = SummarySource::kUserFile;  // its path comes with the outputs
            }
            return;
        }
        if (rare || !simulator_.has("summary-output") || !writes_xml()) {
            return;
        }
        set("summary-output", folder_ + "/summary.pipe");
        plan_.summary = SummarySource::kPipe;
        plan_.summary_result = folder_ + "/summary.xml";
    }

    [[nodiscard]] bool writes_xml() const {
        const std::string_view format = trim(effective_.value_of("output.format"));
        return format.empty() || equals_ignoring_case(format, "xml");
    }

    void list_user_outputs() {
        for (const FileReference& output : list_outputs(effective_)) {
            if (output.place != FilePlace::kInside) {
                continue;
            }
            const OutputKind kind = kind_of(output.option);
            if (kind == OutputKind::kSummary) {
                take_summary_path(output.path);
                if (plan_.summary == SummarySource::kPipe) {
                    continue;
                }
            }
            folders_.emplace_back(directory_of(output.path));
            if (is_certain(output.option)) {
                plan_.outputs.push_back(
                    {.kind = kind,
                     .path = output.path,
                     .is_xml = is_xml(output.path, effective_.value_of("output.format"))}
                );
            }
        }
        if (plan_.summary_path.empty()) {
            plan_.summary = SummarySource::kNone;  // also ours, moved outside by a prefix
            plan_.summary_result.clear();
        }
    }

    void take_summary_path(const std::string& path) {
        if (plan_.summary == SummarySource::kPipe) {
            plan_.summary_path = path;
            folders_.emplace_back(directory_of(path));
        } else if (plan_.summary == SummarySource::kUserFile && path.ends_with(".xml") &&
                   writes_xml()) {
            plan_.summary_path = path;
        }
    }

    /// SUMO makes no folders. Of `a/b` both `a` and `a/b` are named, parents first.
    void list_folders() {
        folders_.push_back(folder_);
        for (const std::string& folder : folders_) {
            for (std::size_t at = folder.find('/'); !folder.empty();
                 at = folder.find('/', at + 1)) {
                plan_.directories.push_back(folder.substr(0, at));
                if (at == std::string::npos) {
                    break;
                }
            }
        }
        std::ranges::sort(plan_.directories);
        const auto surplus = std::ranges::unique(plan_.directories);
        plan_.directories.erase(surplus.begin(), surplus.end());
    }

    [[nodiscard]] std::vector<std::pair<std::string, std::string>> environment() const {
        return {
            {"SUMO_HOME", simulator_.home.string()},
            {"PATH", "/usr/bin:/bin"},
            {"HOME", request_.directory.string()},
            {"LC_ALL", "C.UTF-8"},
            {"TZ", "UTC"}
        };
    }

    const RunRequest& request_;
    const Simulator& simulator_;
    Configuration effective_;
    std::string folder_;
    std::vector<std::pair<std::string, std::string>> own_;
    std::vector<std::string> folders_;
    RunPlan plan_;
};

}  // namespace

const ExpectedOutput* RunPlan::find(OutputKind kind) const {
    const auto found = std::ranges::find(outputs, kind, &ExpectedOutput::kind);
    return found == outputs.end() ? nullptr : &*found;
}

Result<RunPlan> make_run_plan(const RunRequest& request, const Simulator& simulator) {
    SB_TRY(
        const std::string text,
        read_file(request.directory / request.config_file, kMaxConfigurationBytes)
    );
    SB_TRY(const Configuration own, parse_configuration(text, request.config_file));
    return Planner(request, simulator, own).make();
}

}  // namespace signalbox::scenario
