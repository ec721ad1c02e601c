#include "model/principal.hpp"

#include <array>
#include <utility>

namespace signalbox::model {

namespace {

constexpr std::array<std::pair<Role, std::string_view>, 4> kRoleWords{{
    {Role::kAdmin, "admin"},
    {Role::kTenant, "tenant"},
    {Role::kDebugger, "debugger"},
    {Role::kViewer, "viewer"},
}};

}  // namespace

std::string_view to_word(Role role) {
    for (const auto& [candidate, word] : kRoleWords) {
        if (candidate == role) {
            return word;
        }
    }
    return "";
}

std::optional<Role> parse_role(std::string_view word) {
    for (const auto& [role, candidate] : kRoleWords) {
        if (candidate == word) {
            return role;
        }
    }
    return std::nullopt;
}

}  // namespace signalbox::model
