#include "scenario/checks/output_check.hpp"

#include "base/text.hpp"

namespace signalbox::scenario {

namespace {

using model::Finding;
using model::Severity;

std::string in_quotes(std::string_view name) {
    return "'" + to_valid_utf8(name) + "'";
}

}  // namespace

std::optional<Finding> OutputCheck::check(
    const FileReference& output, const std::string& from, const OutputPlace& place
) {
    const std::string name = "the output " + in_quotes(output.written);
    const std::string named = name + " (" + output.option + ")";
    Finding finding{.file = from, .line = output.line, .code = {}, .message = {}, .hint = {}};
    switch (output.place) {
        case FilePlace::kNowhere:
            return std::nullopt;
        case FilePlace::kSocket:
            finding.code = "OUTPUT_SOCKET";
            finding.message = named + " is a socket";
            finding.hint = "name a file; live figures come without it";
            return finding;
        case FilePlace::kOutside:
            finding.code = "OUTPUT_OUTSIDE";
            finding.message = named + " is outside the scenario";
            finding.hint = "name it relative to " + in_quotes(from);
            return finding;
        case FilePlace::kUnresolved:
            finding.severity = Severity::kWarning;
            finding.code = "UNRESOLVED_FILE";
            finding.message = named + " depends on the environment of the run";
            return finding;
        case FilePlace::kInside:
            break;
    }
    const std::string folder(directory_of(output.path));
    if (files_.has_file(output.path)) {
        finding.severity = Severity::kWarning;
        finding.code = "OUTPUT_OVERWRITES_INPUT";
        finding.message = named + " has the name of a scenario file";
        finding.hint = "choose another name: files of the scenario are no results";
        return finding;
    }
    if (place.nested && judged_folders_.insert(folder).second && !files_.has_folder(folder)) {
        finding.severity = place.surely ? Severity::kError : Severity::kWarning;
        finding.code = "MISSING_FOLDER";
        finding.message = name + " lies in the folder " + in_quotes(folder) +
                          ", which is not there; SUMO makes none";
        finding.hint = "add the folder to the archive, or write beside " + in_quotes(from);
        return finding;
    }
    return std::nullopt;
}

}  // namespace signalbox::scenario
