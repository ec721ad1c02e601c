#include "cli/show/answer.hpp"

#include "cli/show/json_text.hpp"
#include "cli/show/text_width.hpp"

namespace signalbox::cli {

void show(Session& session, const Shown& shown) {
    Terminal& terminal = session.terminal();
    switch (session.settings().format) {
        case Format::kTable:
            terminal.print(shown.table);
            return;
        case Format::kName:
            for (const std::string& name : shown.names) {
                terminal.print(printable(name) + "\n");
            }
            return;
        case Format::kJson:
        case Format::kYaml:
            break;
    }
    const auto value = parse_json(shown.json);
    if (!value) {
        // Whatever it is, it is what the server said.
        terminal.print(shown.json + "\n");
        return;
    }
    const bool json = session.settings().format == Format::kJson;
    terminal.print(json ? to_pretty_json(*value) : to_yaml(*value));
}

Style style_of(model::JobStatus status) {
    switch (status) {
        case model::JobStatus::kSucceeded:
            return Style::kGreen;
        case model::JobStatus::kFailed:
            return Style::kRed;
        case model::JobStatus::kCancelled:
            return Style::kYellow;
        default:
            return Style::kCyan;
    }
}

}  // namespace signalbox::cli
