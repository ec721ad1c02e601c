#include "cli/show/report.hpp"

#include "base/text.hpp"
#include "cli/client/api_client.hpp"
#include "cli/exit_code.hpp"
#include "cli/show/findings_table.hpp"
#include "cli/show/text_width.hpp"
#include "contract/error_body.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace signalbox::cli {

namespace {

void say_hint(const std::string& hint, Terminal& terminal) {
    terminal.complain("  " + terminal.styled_note("hint:", Style::kDim) + " " + hint);
}

/// Where the refused key came from; nothing when the error is not about one, empty: there was none.
std::optional<std::string> key_source_of(const Error& error) {
    for (const auto& [name, value] : error.context()) {
        if (const auto* const text = std::get_if<std::string>(&value); name == kKeySource && text) {
            return *text;
        }
    }
    return std::nullopt;
}

void say_unreachable(const Error& error, Terminal& terminal) {
    if (error.message().contains("https://")) {
        say_hint("a server without TLS is named with http://", terminal);
        say_hint("a certificate of your own is trusted with --ca-file FILE", terminal);
        return;
    }
    say_hint(
        "start a server with `signalboxd --data ./signalbox-data` (or `make serve`),", terminal
    );
    say_hint(
        "or name another with --url or SIGNALBOX_URL: https://HOST if it speaks TLS;", terminal
    );
    say_hint("`signalbox doctor` looks closer", terminal);
}

/// A refusal at a limit of the tenant that a queued job would outlast.
bool waits_if_asked_to(const Error& error) {
    static constexpr std::array<std::string_view, 3> kWords{
        "TOO_MANY_CONCURRENT_JOBS", "CPU_LIMIT_REACHED", "MEMORY_LIMIT_REACHED"
    };
    return std::ranges::find(kWords, error.word()) != kWords.end();
}

void say_what_helps(const Error& error, Terminal& terminal) {
    const std::string source = key_source_of(error).value_or("");
    if (!source.empty()) {
        say_hint("the key came from " + printable(source), terminal);
    }
    if (error.word() == kUnreachableWord) {
        say_unreachable(error, terminal);
    } else if (error.word() == "JOB_NOT_FOUND") {
        say_hint("`signalbox jobs --all` lists your jobs", terminal);
    } else if (waits_if_asked_to(error)) {
        say_hint("--on-limit queue lets the job wait instead", terminal);
    } else if (error.word() == "SEVERAL_CONFIGURATIONS") {
        say_hint("choose one with --config FILE", terminal);
    } else if (error.code() == Code::kUnauthenticated) {
        say_hint("set SIGNALBOX_KEY, or store a key with `signalbox login`", terminal);
        say_hint(
            "admin commands on the server's machine: --data DIR finds DIR/admin.key", terminal
        );
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
        say_hint("try again in " + format_duration(*wait), terminal);
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
