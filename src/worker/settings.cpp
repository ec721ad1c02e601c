#include "worker/settings.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"

#include <vector>

namespace signalbox::worker {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxTokenBytes = 4096;

Result<std::string> read_token(const std::string& value) {
    if (!value.starts_with('/') && !value.starts_with("./")) {
        return value;
    }
    SB_TRY(const std::string text, read_file(value, kMaxTokenBytes));
    return std::string(trim(text));
}

}  // namespace

std::optional<UserAndGroup> parse_user_and_group(std::string_view text) {
    const auto parts = split(text, ':');
    if (parts.size() != 2) {
        return std::nullopt;
    }
    const auto user = parse_number<uid_t>(parts[0]);
    const auto group = parse_number<gid_t>(parts[1]);
    if (!user || !group || *user == 0) {
        return std::nullopt;
    }
    return UserAndGroup{.user = *user, .group = *group};
}

Result<WorkerSettings> settings_from(const Environment& environment, fs::path directory) {
    std::vector<std::string> problems;
    const auto required = [&](const std::string& name) {
        std::string value = environment(name).value_or("");
        if (value.empty()) {
            problems.push_back(name + " is not set");
        }
        return value;
    };
    WorkerSettings settings;
    settings.directory = std::move(directory);
    settings.server_url = required("SIGNALBOX_URL");
    settings.attempt = required("SIGNALBOX_ATTEMPT");
    auto token = read_token(required("SIGNALBOX_ATTEMPT_TOKEN"));
    if (token) {
        settings.token = std::move(*token);
    } else {
        problems.push_back("SIGNALBOX_ATTEMPT_TOKEN: " + token.error().message());
    }
    settings.ca_file = environment("SIGNALBOX_CA_CERT").value_or("");
    settings.cache_directory = environment("SIGNALBOX_CACHE_DIR").value_or("");
    if (const auto user = environment("SIGNALBOX_RUN_AS"); user && !user->empty()) {
        const auto parsed = parse_user_and_group(*user);
        if (!parsed) {
            problems.push_back(
                "SIGNALBOX_RUN_AS is '" + *user + "', but must be uid:gid, the uid not 0"
            );
        }
        settings.run_as = parsed.value_or(UserAndGroup{});
    }
    if (!problems.empty()) {
        return fail(Code::kInvalid, "BAD_ENVIRONMENT", join(problems, "; "));
    }
    return settings;
}

}  // namespace signalbox::worker
