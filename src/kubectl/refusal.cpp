#include "kubectl/refusal.hpp"

namespace signalbox::kubectl {

namespace {

constexpr std::string_view kWord = "POLICY_REFUSED";

std::string find_text(const Error& error, std::string_view key) {
    for (const auto& [name, value] : error.context()) {
        if (const auto* const text = std::get_if<std::string>(&value); name == key && text) {
            return *text;
        }
    }
    return {};
}

}  // namespace

std::string_view to_word(Rule rule) {
    switch (rule) {
        case Rule::kUnknownVerb:
            return "unknown_verb";
        case Rule::kNotARead:
            return "not_a_read";
        case Rule::kUnknownFlag:
            return "unknown_flag";
        case Rule::kForbiddenFlag:
            return "forbidden_flag";
        case Rule::kConflictingFlags:
            return "conflicting_flags";
        case Rule::kForbiddenOutput:
            return "forbidden_output";
        case Rule::kFileAccess:
            return "file_access";
        case Rule::kRedirect:
            return "redirect";
        case Rule::kSubresource:
            return "subresource";
        case Rule::kSecretValues:
            return "secret_values";
        case Rule::kNamespaceScope:
            return "namespace_scope";
        case Rule::kClusterWide:
            return "cluster_wide";
        case Rule::kUnbounded:
            return "unbounded";
        case Rule::kMalformed:
            return "malformed";
        case Rule::kUnresolvedResource:
            return "unresolved_resource";
    }
    return "malformed";
}

Failure refuse(Rule rule, std::string message, std::string hint) {
    Error error(Code::kForbidden, std::string(kWord), std::move(message));
    error = std::move(error).with("rule", std::string(to_word(rule)));
    return Failure(std::move(error).with("hint", std::move(hint)));
}

std::optional<std::string> rule_of(const Error& error) {
    return error.word() == kWord ? std::optional(find_text(error, "rule")) : std::nullopt;
}

std::string hint_of(const Error& error) {
    return find_text(error, "hint");
}

}  // namespace signalbox::kubectl
