#include "app/config_check.hpp"

#include "app/listen_address.hpp"
#include "base/fs.hpp"
#include "base/text.hpp"
#include "net/tls_stream.hpp"
#include "tenancy/authenticator.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::app {

namespace {

using Problems = std::vector<std::string>;

constexpr std::size_t kMaxKeyFileBytes = 4096;

template <class T>
void note(const Result<T>& result, std::string_view key, Problems& problems) {
    if (!result) {
        problems.push_back(fmt::format("{}: {}", key, result.error().message()));
    }
}

void check_server(const ServerSection& section, Problems& problems) {
    if (const auto address = parse_listen_address(section.listen); !address) {
        problems.push_back(address.error().message());
    }
    if (section.data.empty()) {
        problems.emplace_back("server.data: must name a directory");
    }
    if (section.tls_cert.empty() != section.tls_key.empty()) {
        problems.emplace_back("server.tls_cert and server.tls_key: only together");
    } else if (!section.tls_cert.empty()) {
        note(net::make_server_tls(section.tls_cert, section.tls_key), "server.tls_cert", problems);
    }
}

// A key travels in headers, behind a name and a colon or in a list.
bool fits_a_key(char c) {
    return c > ' ' && c <= '~' && c != ':' && c != ',';
}

void check_tenancy(const TenancySection& section, Problems& problems) {
    if (!section.admin_key.empty() && !section.admin_key_file.empty()) {
        problems.emplace_back("tenancy.admin_key and tenancy.admin_key_file: only one of them");
    }
    note(read_admin_key(section), "tenancy.admin_key_file", problems);
    note(tenancy::parse_static_keys(section.api_keys), "tenancy.api_keys", problems);
    if (!std::ranges::all_of(section.key_prefix, fits_a_key)) {
        problems.push_back(fmt::format(
            "tenancy.key_prefix: \"{}\" is not printable ASCII without blank, colon and comma",
            section.key_prefix
        ));
    }
}

void check_runner(const RunnerSection& section, Problems& problems) {
    if (section.log_head >= section.log) {
        problems.push_back(fmt::format(
            "runner.log_head: {} is not less than runner.log, {}",
            format_bytes(static_cast<std::uint64_t>(section.log_head)),
            format_bytes(static_cast<std::uint64_t>(section.log))
        ));
    }
    if (section.kind == "kubernetes") {
        problems.emplace_back("runner.kind: kubernetes is not there yet in this version; use local"
        );
    }
}

void check_storage(const StorageSection& section, Problems& problems) {
    if (!section.database.empty()) {
        problems.emplace_back(
            "storage.database: only the embedded SQLite is there yet in this version"
        );
    }
    if (!section.redis.empty()) {
        problems.emplace_back("storage.redis: Redis is not there yet in this version");
    }
}

}  // namespace

Problems check_config(const ServerConfig& config) {
    Problems problems;
    check_server(config.server, problems);
    check_tenancy(config.tenancy, problems);
    check_runner(config.runner, problems);
    check_storage(config.storage, problems);
    if (std::ranges::count(config.simulators, true, &SimulatorConfig::is_default) > 1) {
        problems.emplace_back("simulators: only one of them can be the default");
    }
    return problems;
}

Result<std::string> read_admin_key(const TenancySection& section) {
    if (section.admin_key_file.empty()) {
        return section.admin_key;
    }
    SB_TRY(const std::string text, read_file(section.admin_key_file, kMaxKeyFileBytes));
    std::string key(trim(text));
    if (key.empty()) {
        return fail(Code::kInvalid, "EMPTY_ADMIN_KEY", section.admin_key_file + " holds no key");
    }
    return key;
}

}  // namespace signalbox::app
