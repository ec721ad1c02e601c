#include "scenario/checks/input_walk.hpp"

#include "base/text.hpp"
#include "scenario/checks/nested_references.hpp"
#include "scenario/options/option_table.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <set>
#include <utility>

namespace signalbox::scenario {

namespace {

using model::Finding;
using model::Severity;

constexpr std::size_t kMaxFiles = 2000;
constexpr std::size_t kMaxWanted = 20'000;  // names of files, however often
constexpr std::size_t kMaxFindings = 5000;
constexpr std::size_t kMaxHints = 20;  // each compares a name with all others

/// How a file is used decides what is expected of it.
enum class Use : std::uint8_t {
    kNetwork,
    kDemand,    ///< routes, additional files, includes: XML that may name further files
    kOtherXml,  ///< weights, states
    kData,      ///< anything; only looked for
};

struct Wanted {
    FileReference reference;
    std::string from;  ///< the file that names it
    Use use = Use::kData;
    bool required = true;  ///< SUMO does not start without it
};

Use use_of(std::string_view option) {
    if (option == "net-file") {
        return Use::kNetwork;
    }
    if (option == "route-files" || option == "additional-files") {
        return Use::kDemand;
    }
    return option == "weight-files" || option == "load-state" ? Use::kOtherXml : Use::kData;
}

std::string in_quotes(std::string_view name) {
    return "'" + to_valid_utf8(name) + "'";
}

class Walk {
public:
    Walk(const FileSet& files, const Configuration& configuration, const WalkOptions& options)
        : files_(files),
          configuration_(configuration),
          options_(options),
          budget_(options.budget) {}

    WalkReport run() {
        for (FileReference& input : list_inputs(configuration_)) {
            const bool required = find_option(input.option)->kind == OptionKind::kInput;
            const Use use = use_of(input.option);
            want(
                {.reference = std::move(input),
                 .from = configuration_.file,
                 .use = use,
                 .required = required}
            );
        }
        while (!queue_.empty()) {
            const Wanted next = std::move(queue_.front());
            queue_.pop_front();
            visit(next);
        }
        for (const FileReference& output : list_outputs(configuration_)) {
            judge_output(output, configuration_.file, false);
        }
        report_.xml_bytes = budget_.spent_bytes;
        return std::move(report_);
    }

private:
    /// The network first: without it nothing else matters when the budget is short.
    void want(Wanted wanted) {
        if (++wanted_ > kMaxWanted) {
            report_.complete = false;
            return;
        }
        if (wanted.use == Use::kNetwork) {
            queue_.push_front(std::move(wanted));
        } else {
            queue_.push_back(std::move(wanted));
        }
    }

    void add(
        const std::string& file,
        std::int64_t line,
        Severity severity,
        std::string code,
        std::string message,
        std::string hint = {}
    ) {
        if (report_.findings.size() == kMaxFindings) {
            report_.complete = false;
            return;
        }
        report_.findings.push_back(
            {.file = file,
             .line = line,
             .severity = severity,
             .code = std::move(code),
             .message = std::move(message),
             .hint = std::move(hint)}
        );
    }

    void visit(const Wanted& wanted) {
        const FileReference& reference = wanted.reference;
        if (reference.place == FilePlace::kOutside || reference.place == FilePlace::kUnresolved ||
            reference.place == FilePlace::kNowhere) {
            judge_place(wanted);
            return;
        }
        if (reference.path.empty() || !files_.has_file(reference.path)) {
            judge_missing(wanted);
            return;
        }
        if (!seen_.insert(reference.path).second) {
            return;
        }
        if (report_.files.size() == kMaxFiles) {
            report_.complete = false;
            return;
        }
        report_.files.push_back(reference.path);
        if (wanted.use != Use::kData) {
            read(wanted);
        }
    }

    void judge_place(const Wanted& wanted) {
        const FileReference& reference = wanted.reference;
        const std::string name = in_quotes(reference.written);
        if (reference.place == FilePlace::kUnresolved) {
            add(wanted.from,
                reference.line,
                Severity::kWarning,
                "UNRESOLVED_FILE",
                "the name " + name + " depends on the environment of the run",
                "name the file relative to " + in_quotes(wanted.from));
            return;
        }
        const std::string home = options_.simulator_home.string();
        if (!home.empty() && reference.written.starts_with(home + "/")) {
            return;  // SUMO's own data
        }
        if (reference.place == FilePlace::kOutside) {
            report_.outside.push_back(reference);
        }
        add(wanted.from,
            reference.line,
            wanted.required ? Severity::kError : Severity::kWarning,
            "OUTSIDE_FILE",
            "the file " + name + " is outside the scenario",
            "put it into the archive and name it relative to " + in_quotes(wanted.from));
    }

    void judge_missing(const Wanted& wanted) {
        const FileReference& reference = wanted.reference;
        const Severity severity = wanted.required ? Severity::kError : Severity::kWarning;
        if (reference.written.empty()) {
            add(wanted.from,
                reference.line,
                severity,
                "MISSING_FILE",
                "the list " + in_quotes(reference.option) + " has an empty name in it",
                "remove the surplus comma");
            return;
        }
        report_.missing.push_back(reference);
        if (!reference.path.empty() && files_.has_folder(reference.path)) {
            add(wanted.from,
                reference.line,
                severity,
                "MISSING_FILE",
                in_quotes(reference.written) + " is a folder, not a file");
            return;
        }
        add(wanted.from,
            reference.line,
            severity,
            "MISSING_FILE",
            "the file " + in_quotes(reference.written) + " (" + reference.option + ") is not there",
            missing_hint(reference));
    }

    [[nodiscard]] std::string missing_hint(const FileReference& reference) {
        if (reference.written.find('\\') != std::string::npos) {
            return "write '/' instead of '\\'";
        }
        if (reference.written.find_first_of(" ;") != std::string::npos) {
            return "SUMO separates the names of a list by commas only";
        }
        const std::string near =
            ++hints_ <= kMaxHints ? files_.nearest(reference.path) : std::string();
        return near.empty() ? "add it to the archive" : "there is " + in_quotes(near);
    }

    void read(const Wanted& wanted) {
        const std::string& file = wanted.reference.path;
        if (budget_.used_up()) {
            report_.complete = false;
            return;
        }
        NestedReferences collector(file);
        const auto verdict = check_xml(
            [this, &file] { return files_.open(file); },
            wanted.use == Use::kDemand ? &collector : nullptr,
            budget_
        );
        if (!verdict) {
            add(file,
                0,
                Severity::kError,
                "CORRUPT_FILE",
                verdict.error().message(),
                "make the file, or the archive, anew");
            return;
        }
        report_.complete = report_.complete && verdict->whole;
        judge_form(wanted, *verdict);
        for (const NestedReference& nested : collector.found()) {
            follow(nested, file);
        }
    }

    void judge_form(const Wanted& wanted, const XmlVerdict& verdict) {
        const std::string& file = wanted.reference.path;
        if (verdict.html) {
            add(file,
                1,
                Severity::kError,
                "HTML_FILE",
                in_quotes(file) + " is a web page, not a file of SUMO",
                "download the file itself (on GitHub: 'Raw')");
            return;
        }
        if (verdict.problem) {
            // What cannot be judged here, SUMO may well read.
            const bool doubtful = verdict.problem->code == "XML_ENCODING";
            add(file,
                verdict.problem->line,
                doubtful ? Severity::kWarning : Severity::kError,
                verdict.problem->code,
                "not well-formed XML: " + verdict.problem->message);
            return;
        }
        judge_root(wanted, verdict);
    }

    void judge_root(const Wanted& wanted, const XmlVerdict& verdict) {
        if (verdict.root.empty()) {
            return;  // cut by the budget before it began
        }
        const std::string& file = wanted.reference.path;
        const std::string root = in_quotes(verdict.root);
        if (wanted.use == Use::kNetwork && verdict.root != "net") {
            add(file,
                1,
                Severity::kError,
                "WRONG_ROOT",
                "the network " + in_quotes(file) + " has the root element " + root +
                    " instead of 'net'",
                "name the network under net-file");
            return;
        }
        constexpr std::array<std::string_view, 6> kElsewhere{
            "net", "configuration", "sumoConfiguration", "nodes", "edges", "connections"
        };
        if (wanted.use == Use::kDemand &&
            std::ranges::find(kElsewhere, verdict.root) != kElsewhere.end()) {
            add(file,
                1,
                Severity::kWarning,
                "WRONG_ROOT",
                in_quotes(file) + " has the root element " + root + ", which is unusual under " +
                    wanted.reference.option);
        }
    }

    void follow(const NestedReference& nested, const std::string& from) {
        if (nested.role == NestedRole::kOutput) {
            judge_output(nested.reference, from, true);
            return;
        }
        want(
            {.reference = nested.reference,
             .from = from,
             .use = Use::kDemand,
             .required = nested.role == NestedRole::kInput}
        );
    }

    /// Folders of the configuration's own outputs are made before the run, those named in
    /// additional files are not.
    void judge_output(const FileReference& output, const std::string& from, bool nested) {
        const std::string name = in_quotes(output.written);
        switch (output.place) {
            case FilePlace::kNowhere:
                return;
            case FilePlace::kSocket:
                add(from,
                    output.line,
                    Severity::kError,
                    "OUTPUT_SOCKET",
                    "the output " + name + " (" + output.option + ") is a socket",
                    "name a file; live figures come without it");
                return;
            case FilePlace::kOutside:
                add(from,
                    output.line,
                    Severity::kError,
                    "OUTPUT_OUTSIDE",
                    "the output " + name + " (" + output.option + ") is outside the scenario",
                    "name it relative to " + in_quotes(from));
                return;
            case FilePlace::kUnresolved:
                add(from,
                    output.line,
                    Severity::kWarning,
                    "UNRESOLVED_FILE",
                    "the output " + name + " depends on the environment of the run");
                return;
            case FilePlace::kInside:
                break;
        }
        const std::string folder(directory_of(output.path));
        if (files_.has_file(output.path)) {
            add(from,
                output.line,
                Severity::kWarning,
                "OUTPUT_OVERWRITES_INPUT",
                "the output " + name + " (" + output.option + ") has the name of a scenario file",
                "choose another name: files of the scenario are no results");
        } else if (nested && judged_folders_.insert(folder).second && !files_.has_folder(folder)) {
            add(from,
                output.line,
                Severity::kError,
                "MISSING_FOLDER",
                "the output " + name + " lies in the folder " + in_quotes(folder) +
                    ", which is not there; SUMO makes none",
                "add the folder to the archive, or write beside " + in_quotes(from));
        }
    }

    const FileSet& files_;
    const Configuration& configuration_;
    const WalkOptions& options_;
    XmlBudget budget_;
    WalkReport report_;
    std::deque<Wanted> queue_;
    std::set<std::string, std::less<>> seen_;
    std::set<std::string, std::less<>> judged_folders_;
    std::size_t wanted_ = 0;
    std::size_t hints_ = 0;
};

}  // namespace

WalkReport walk_inputs(
    const FileSet& files, const Configuration& configuration, const WalkOptions& options
) {
    return Walk(files, configuration, options).run();
}

}  // namespace signalbox::scenario
