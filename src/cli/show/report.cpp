#include "cli/show/report.hpp"

#include "base/text.hpp"
#include "cli/exit_code.hpp"
#include "cli/show/findings_table.hpp"
#include "cli/show/text_width.hpp"
#include "contract/error_body.hpp"

namespace signalbox::cli {

namespace {

void say_hint(const std::string& hint, Terminal& terminal) {
    terminal.complain("  " + terminal.styled_note("hint:", Style::kDim) + " " + hint);
}

void say_what_helps(const Error& error, Terminal& terminal) {
    if (error.word() == kUnreachableWord) {
        say_hint(
            "start a server with `signalboxd --data ./signalbox-data` (or `make serve`),", terminal
        );
        say_hint(
            "or name another with --url or SIGNALBOX_URL; `signalbox doctor` looks closer", terminal
        );
    } else if (error.code() == Code::kUnauthenticated) {
        say_hint("set SIGNALBOX_KEY, or store a key with `signalbox login`", terminal);
    } else if (error.code() == Code::kForbidden) {
        say_hint(
            "this needs another key: tenants' commands a tenant's, `tenant`, `key` and `admin`",
            terminal
        );
        say_hint(
            "an admin key (on the server's machine: --data DIR finds DIR/admin.key)", terminal
        );
    }
    if (const auto wait = error.retry_after()) {
        say_hint("try again in " + format_duration(static_cast<double>(wait->count())), terminal);
    }
}

}  // namespace

int report_error(const Error& error, Terminal& terminal) {
    // The help that follows a wrong use has lines of its own.
    const bool usage = error.word() == kUsageWord;
    terminal.complain(
        terminal.styled_note("signalbox:", Style::kRed) + " " +
        (usage ? printable_lines(error.message()) : printable(error.message()))
    );
    for (const FieldError& field : error.fields()) {
        // The sentence of an error with one field often is the field's own.
        if (!error.message().contains(field.message)) {
            terminal.complain("  " + printable(field.location) + ": " + printable(field.message));
        }
    }
    complain_findings(contract::findings_of(error), terminal);
    say_what_helps(error, terminal);
    return exit_code_of(error);
}

}  // namespace signalbox::cli
