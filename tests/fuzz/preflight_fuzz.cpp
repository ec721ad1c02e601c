// A scenario as text: the configuration, then further files, each behind a line `=== name`.
// Whatever they hold, the pre-flight says only what can be shown, and what it lets pass as
// arguments stays the same when it is checked again.
#include "base/text.hpp"
#include "scenario/checks/file_set.hpp"
#include "scenario/checks/input_walk.hpp"
#include "scenario/options/option_policy.hpp"
#include "tests/fuzz/input.hpp"

#include <chrono>
#include <map>

namespace {

using namespace signalbox;

class TextFiles final : public scenario::FileSet {
public:
    explicit TextFiles(std::string_view input) {
        constexpr std::string_view kMark = "\n=== ";
        std::string name = "run.sumocfg";
        for (std::size_t end = input.find(kMark);; end = input.find(kMark)) {
            files_[name] = input.substr(0, end);
            if (end == std::string_view::npos) {
                return;
            }
            input.remove_prefix(end + kMark.size());
            const std::size_t line_end = std::min(input.find('\n'), input.size());
            name = input.substr(0, line_end);
            input.remove_prefix(line_end);
        }
    }

    [[nodiscard]] bool has_file(std::string_view name) const override {
        return files_.contains(name);
    }

    [[nodiscard]] bool has_folder(std::string_view name) const override {
        return name.empty() || name == "out";
    }

    [[nodiscard]] Result<std::unique_ptr<scenario::ByteSource>> open(std::string_view name
    ) const override {
        return scenario::make_text_source(files_.find(name)->second);
    }

    [[nodiscard]] std::string nearest(std::string_view) const override { return {}; }

    [[nodiscard]] std::string_view configuration() const { return files_.at("run.sumocfg"); }

private:
    std::map<std::string, std::string_view, std::less<>> files_;
};

void check(const std::vector<model::Finding>& findings) {
    for (const model::Finding& finding : findings) {
        SB_CHECK(!finding.code.empty() && !finding.message.empty() && finding.line >= 0);
        SB_CHECK(is_valid_utf8(finding.message) && is_valid_utf8(finding.hint));
    }
}

/// The options as a tenant would write them.
std::vector<std::string> check_as_args(const scenario::Configuration& configuration) {
    std::vector<std::string> args;
    for (const scenario::OptionSetting& setting : configuration.settings) {
        if (args.size() < 10) {
            args.push_back("--" + setting.written + "=" + setting.value);
        }
    }
    auto once = scenario::check_args(args);
    if (!once) {
        return {};
    }
    SB_CHECK(scenario::check_args(*once).value() == *once);
    return *std::move(once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const TextFiles files(fuzz::as_text(data, size));
    const auto parsed = scenario::parse_configuration(files.configuration(), "run.sumocfg");
    if (!parsed) {
        return 0;
    }
    check(scenario::check_options(*parsed));
    const scenario::WalkOptions options{
        .budget = {.bytes = 1U << 24U, .until = SteadyTime::max()}, .simulator_home = {}
    };
    const auto configuration = scenario::with_args(*parsed, check_as_args(*parsed));
    check(scenario::walk_inputs(files, configuration, options).findings);
    return 0;
}
