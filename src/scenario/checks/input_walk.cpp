#include "scenario/checks/input_walk.hpp"

#include "base/text.hpp"
#include "scenario/checks/demand_check.hpp"
#include "scenario/checks/nested_references.hpp"
#include "scenario/checks/output_check.hpp"
#include "scenario/options/option_table.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <ranges>
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
    bool required = true;  ///< SUMO stops without it
    DemandPlace place;     ///< of kDemand

    [[nodiscard]] Severity severity() const {
        return required ? Severity::kError : Severity::kWarning;
    }
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

/// SUMO's own order: what is defined in additional files is known to the routes.
enum class Turn : std::uint8_t { kNetwork, kOther, kRoutes };

Turn turn_of(std::string_view option) {
    return option == "net-file"      ? Turn::kNetwork
           : option == "route-files" ? Turn::kRoutes
                                     : Turn::kOther;
}

/// Hands each element of a file to whom it concerns.
class FileVisitor final : public XmlVisitor {
public:
    FileVisitor(NestedReferences& nested, NetworkIndex* network, DemandCheck* demand)
        : nested_(nested), network_(network), demand_(demand) {}

    void restart() override {
        nested_.restart();
        if (network_ != nullptr) {
            network_->restart();
        }
        if (demand_ != nullptr) {
            demand_->restart_file();
        }
    }

    void element(const XmlElement& element) override {
        if (network_ != nullptr) {
            network_->element(element);
        }
        if (demand_ != nullptr) {
            demand_->element(element);
        }
        nested_.element(element);
    }

private:
    NestedReferences& nested_;
    NetworkIndex* network_;
    DemandCheck* demand_;
};

std::string in_quotes(std::string_view name) {
    return "'" + to_valid_utf8(name) + "'";
}

class Walk {
public:
    Walk(const FileSet& files, const Configuration& configuration, const WalkOptions& options)
        : files_(files),
          configuration_(configuration),
          options_(options),
          budget_(options.budget),
          demand_(network_, configuration),
          output_check_(files) {}

    WalkReport run() {
        want_inputs();
        while (!queue_.empty()) {
            const Wanted next = std::move(queue_.front());
            queue_.pop_front();
            visit(next);
        }
        judge_outputs();
        take(demand_.find_broken_routes());
        if (report_.complete && all_demand_read_) {
            take(demand_.find_undefined());
        }
        return std::move(report_);
    }

private:
    void want_inputs() {
        const std::vector<FileReference> inputs = list_inputs(configuration_);
        for (const Turn turn : {Turn::kNetwork, Turn::kOther, Turn::kRoutes}) {
            for (const FileReference& input : inputs) {
                if (turn_of(input.option) != turn) {
                    continue;
                }
                want(
                    {.reference = input,
                     .from = configuration_.file,
                     .use = use_of(input.option),
                     .required = find_option(input.option)->kind == OptionKind::kInput,
                     .place = {.incremental = turn == Turn::kRoutes, .reached = true}}
                );
            }
        }
    }

    /// False when there are too many.
    bool want(Wanted wanted) {
        if (++wanted_ > kMaxWanted) {
            report_.complete = false;
            return false;
        }
        queue_.push_back(std::move(wanted));
        return true;
    }

    void take(std::vector<Finding> findings) {
        for (Finding& finding : findings) {
            add(std::move(finding));
        }
    }

    void add(Finding finding) {
        if (report_.findings.size() == kMaxFindings) {
            report_.complete = false;
            return;
        }
        report_.findings.push_back(std::move(finding));
    }

    void add(
        const std::string& file,
        std::int64_t line,
        Severity severity,
        std::string code,
        std::string message,
        std::string hint = {}
    ) {
        add(
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
        const std::size_t read_before = read_;
        look_at(wanted);
        // What is not read may define anything.
        all_demand_read_ &=
            wanted.use != Use::kDemand || read_ > read_before || seen_.contains(reference.path);
    }

    void look_at(const Wanted& wanted) {
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
            wanted.severity(),
            "OUTSIDE_FILE",
            "the file " + name + " is outside the scenario",
            "put it into the archive and name it relative to " + in_quotes(wanted.from));
    }

    void judge_missing(const Wanted& wanted) {
        const FileReference& reference = wanted.reference;
        const Severity severity = wanted.severity();
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
        const bool demand = wanted.use == Use::kDemand;
        const bool network = wanted.use == Use::kNetwork;
        if (demand) {
            demand_.begin_file(file, wanted.place);
        }
        NestedReferences nested(file, configuration_);
        FileVisitor visitor(nested, network ? &network_ : nullptr, demand ? &demand_ : nullptr);
        const auto verdict =
            check_xml([this, &file] { return files_.open(file); }, &visitor, budget_);
        // SUMO may never get to what is wrong behind the end of the run.
        const bool reached = !demand || demand_.reached();
        if (demand) {
            take(demand_.end_file());
        }
        if (!verdict) {
            add(file,
                0,
                reached ? wanted.severity() : Severity::kWarning,
                "CORRUPT_FILE",
                verdict.error().message(),
                "make the file, or the archive, anew");
            return;
        }
        report_.complete = report_.complete && verdict->whole && nested.complete();
        read_ += verdict->whole && !verdict->problem ? 1 : 0;
        judge_form(wanted, *verdict, reached);
        for (const NestedReference& reference : std::views::reverse(nested.found())) {
            follow(reference, wanted);
        }
        if (network && verdict->whole && !verdict->problem && !includes(nested)) {
            network_.complete();
        }
    }

    /// A network of several files is not looked into.
    static bool includes(const NestedReferences& nested) {
        return std::ranges::any_of(nested.found(), [](const NestedReference& reference) {
            return reference.reference.option == "include";
        });
    }

    void judge_form(const Wanted& wanted, const XmlVerdict& verdict, bool reached) {
        const std::string& file = wanted.reference.path;
        if (verdict.html) {
            add(file,
                1,
                wanted.severity(),
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
                doubtful || !reached ? Severity::kWarning : wanted.severity(),
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

    /// Read at once, as SUMO does. What route files include it goes on without, and of detectors
    /// there it knows nothing.
    void follow(const NestedReference& nested, const Wanted& from) {
        const bool surely = !from.place.incremental && from.required;
        if (nested.role == NestedRole::kOutput) {
            judge_output(nested.reference, from.reference.path, {.nested = true, .surely = surely});
            return;
        }
        if (want(
                {.reference = nested.reference,
                 .from = from.reference.path,
                 .use = Use::kDemand,
                 .required = surely && nested.role == NestedRole::kInput,
                 .place = {.incremental = false, .reached = surely}}
            )) {
            queue_.push_front(std::move(queue_.back()));
            queue_.pop_back();
        }
    }

    void judge_outputs() {
        for (const FileReference& output : list_outputs(configuration_)) {
            judge_output(output, configuration_.file, {});
        }
        // What is added to every run lies in a folder of the root.
        FileReference added = resolve_output(configuration_, {}, "signalbox/statistics.xml");
        const OptionSetting* const prefix = configuration_.find("output-prefix");
        if (added.place == FilePlace::kOutside && prefix != nullptr) {
            added.option = prefix->name;
            added.line = prefix->line;
            judge_output(added, configuration_.file, {});
        }
    }

    void judge_output(
        const FileReference& output, const std::string& from, const OutputPlace& place
    ) {
        if (auto finding = output_check_.check(output, from, place)) {
            add(std::move(*finding));
        }
    }

    const FileSet& files_;
    const Configuration& configuration_;
    const WalkOptions& options_;
    XmlBudget budget_;
    NetworkIndex network_;
    DemandCheck demand_;
    OutputCheck output_check_;
    WalkReport report_;
    std::deque<Wanted> queue_;
    std::set<std::string, std::less<>> seen_;
    std::size_t wanted_ = 0;
    std::size_t read_ = 0;  ///< files that were read to their end
    bool all_demand_read_ = true;
    std::size_t hints_ = 0;
};

}  // namespace

WalkReport walk_inputs(
    const FileSet& files, const Configuration& configuration, const WalkOptions& options
) {
    return Walk(files, configuration, options).run();
}

}  // namespace signalbox::scenario
