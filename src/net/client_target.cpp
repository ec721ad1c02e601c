#include "net/client_target.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace signalbox::net {

namespace {

Failure bad_url(std::string_view url, std::string_view why) {
    return fail(Code::kInvalid, "BAD_URL", "URL '" + to_valid_utf8(url) + "': " + std::string(why));
}

bool is_host_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ':' || c == '%';
}

// Splits `host:port`, `[v6]:port`; the port is "" when there is none.
std::pair<std::string_view, std::string_view> split_authority(std::string_view authority) {
    const std::size_t bracket = authority.find(']');
    if (authority.starts_with('[') && bracket != std::string_view::npos) {
        const std::string_view behind = authority.substr(bracket + 1);
        return {authority.substr(1, bracket - 1), behind.substr(behind.starts_with(':') ? 1 : 0)};
    }
    const std::size_t colon = authority.find(':');
    return {
        authority.substr(0, colon),
        colon == std::string_view::npos ? std::string_view() : authority.substr(colon + 1)
    };
}

}  // namespace

Result<ClientTarget> parse_client_target(std::string_view url) {
    ClientTarget target;
    constexpr std::string_view kUnix = "unix:";
    if (url.starts_with(kUnix)) {
        target.unix_path = url.substr(kUnix.size());
        target.host = target.host_header = "localhost";
        return target.unix_path.empty() ? bad_url(url, "the socket's path is missing")
                                        : Result<ClientTarget>(std::move(target));
    }
    const std::size_t scheme_end = url.find("://");
    const std::string scheme = to_lower(url.substr(0, scheme_end));
    if (scheme_end == std::string_view::npos || (scheme != "http" && scheme != "https")) {
        return bad_url(url, "it must begin with http://, https:// or unix:");
    }
    target.secure = scheme == "https";
    const std::string_view rest = url.substr(scheme_end + 3);
    const std::size_t slash = rest.find('/');
    const std::string_view authority = rest.substr(0, slash);
    const auto [host, port] = split_authority(authority);
    if (host.empty() || !std::ranges::all_of(host, is_host_char)) {
        return bad_url(url, "the host is missing or malformed");
    }
    const auto number = port.empty() ? std::optional<std::uint16_t>(target.secure ? 443 : 80)
                                     : parse_number<std::uint16_t>(port);
    if (!number || *number == 0) {
        return bad_url(url, "the port must be 1 to 65535");
    }
    target.host = host;
    target.port = *number;
    target.host_header = authority;
    target.prefix = slash == std::string_view::npos ? "" : rest.substr(slash);
    if (target.prefix.find_first_of(" ?#") != std::string::npos ||
        has_control_characters(target.prefix)) {
        return bad_url(url, "the path must not hold blanks, '?' or '#'");
    }
    while (target.prefix.ends_with('/')) {
        target.prefix.pop_back();
    }
    return target;
}

}  // namespace signalbox::net
