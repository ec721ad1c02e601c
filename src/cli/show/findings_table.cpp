#include "cli/show/findings_table.hpp"

#include "cli/show/table.hpp"
#include "cli/show/time_text.hpp"

#include <algorithm>

namespace signalbox::cli {

namespace {

std::string_view word_of(const model::Finding& finding) {
    return finding.severity == model::Severity::kError ? "error" : "warning";
}

Style style_of(const model::Finding& finding) {
    return finding.severity == model::Severity::kError ? Style::kRed : Style::kYellow;
}

}  // namespace

std::string place_of(const model::Finding& finding) {
    if (finding.file.empty()) {
        return "-";
    }
    return finding.line > 0 ? finding.file + ":" + std::to_string(finding.line) : finding.file;
}

std::string render_findings(std::span<const model::Finding> findings, const Terminal& terminal) {
    Table table({
        {.heading = "WHERE"},
        {.heading = "SEVERITY"},
        {.heading = "CODE", .align = Align::kLeft, .narrow = Narrow::kDrop},
        {.heading = "WHAT", .align = Align::kLeft, .narrow = Narrow::kWrap},
    });
    for (const model::Finding& finding : findings) {
        table.add(
            {place_of(finding),
             Cell(std::string(word_of(finding)), style_of(finding)),
             finding.code,
             finding.message}
        );
        if (!finding.hint.empty()) {
            table.add({"", "", "", Cell("hint: " + finding.hint, Style::kDim)});
        }
    }
    return table.render(terminal);
}

std::string count_findings(std::span<const model::Finding> findings) {
    const auto errors = std::ranges::count(
        findings, model::Severity::kError, [](const model::Finding& f) { return f.severity; }
    );
    const auto warnings = static_cast<std::int64_t>(findings.size()) - errors;
    std::string text = errors > 0 ? counted(errors, "error") : "";
    if (warnings > 0) {
        text += (text.empty() ? "" : ", ") + counted(warnings, "warning");
    }
    return text.empty() ? "no findings" : text;
}

void complain_findings(std::span<const model::Finding> findings, Terminal& terminal) {
    for (const model::Finding& finding : findings) {
        terminal.complain(
            "  " + printable(place_of(finding)) + ": " +
            terminal.styled_note(word_of(finding), style_of(finding)) + ": " +
            printable(finding.message)
        );
        if (!finding.hint.empty()) {
            terminal.complain("    hint: " + printable(finding.hint));
        }
    }
}

}  // namespace signalbox::cli
