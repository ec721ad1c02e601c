#include "cli/client/connection.hpp"

#include "base/fs.hpp"
#include "base/text.hpp"
#include "cli/exit_code.hpp"

#include <filesystem>
#include <utility>

namespace signalbox::cli {

namespace {

constexpr std::size_t kMaxKeyFileBytes = 4096;
constexpr std::string_view kDefaultData = "./signalbox-data";

struct Place {
    std::string url;
    const Context* context = nullptr;  ///< whose key may be sent there
    bool by_flag = false;              ///< --context: its key beats the environment's
};

Result<const Context*> get_context(const Contexts& contexts, const std::string& name) {
    if (const Context* found = contexts.find(name)) {
        return found;
    }
    std::string known;
    for (const Context& context : contexts.all) {
        known += (known.empty() ? "" : ", ") + context.name;
    }
    return usage_error(
        "there is no context " + name + "; " +
        (known.empty() ? "`signalbox login` makes one" : "known: " + known)
    );
}

const Context* find_by_url(const Contexts& contexts, const std::string& url) {
    const Context* found = nullptr;
    for (const Context& context : contexts.all) {
        const bool same = normalize_url(context.url).value_or(context.url) == url;
        // The current context wins over others of the same server.
        if (same && (found == nullptr || context.name == contexts.current)) {
            found = &context;
        }
    }
    return found;
}

Result<Place> at_url(const std::string& text, const Contexts& contexts) {
    SB_TRY(std::string url, normalize_url(text));
    const Context* context = find_by_url(contexts, url);
    return Place{.url = std::move(url), .context = context, .by_flag = false};
}

Result<Place> at_context(const Contexts& contexts, const std::string& name, bool by_flag) {
    SB_TRY(const Context* const context, get_context(contexts, name));
    SB_TRY(std::string url, normalize_url(context->url));
    return Place{.url = std::move(url), .context = context, .by_flag = by_flag};
}

Result<Place> find_place(
    const Settings& settings, const Variables& variables, const Contexts& contexts
) {
    if (!settings.url.empty()) {
        return at_url(settings.url, contexts);
    }
    if (!settings.context.empty()) {
        return at_context(contexts, settings.context, true);
    }
    if (const auto url = variables("SIGNALBOX_URL"); url && !url->empty()) {
        return at_url(*url, contexts);
    }
    if (const auto name = variables("SIGNALBOX_CONTEXT"); name && !name->empty()) {
        return at_context(contexts, *name, false);
    }
    if (!contexts.current.empty() && contexts.find(contexts.current) != nullptr) {
        return at_context(contexts, contexts.current, false);
    }
    return at_url(std::string(kDefaultUrl), contexts);
}

Result<std::string> read_admin_key(const std::filesystem::path& data) {
    const auto text = read_file(data / "admin.key", kMaxKeyFileBytes);
    if (!text) {
        return fail(
            text.error().code(),
            text.error().word(),
            "no admin key: " + text.error().message() +
                " (--data names the data directory of the server, whose user may read it)"
        );
    }
    return std::string(trim(*text));
}

/// `host` or `host:port` of an address with a scheme.
std::string_view authority_of(std::string_view url) {
    url.remove_prefix(url.find("://") + 3);
    return url.substr(0, url.find_first_of("/?#"));
}

/// `127.0.0.1` and its kin, but not the name `127.example.org`.
bool is_loopback_v4(std::string_view host) {
    return host.starts_with("127.") &&
           host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_this_machine(std::string_view url) {
    if (url.starts_with("unix:")) {
        return true;
    }
    const std::string_view authority = authority_of(url);
    if (authority.starts_with("[::1]")) {
        return true;
    }
    const std::string_view host = authority.substr(0, authority.find(':'));
    return equals_ignoring_case(host, "localhost") || is_loopback_v4(host);
}

Result<void> choose_key(
    Connection& connection, const Place& place, const Settings& settings, const Variables& variables
) {
    const bool admin = connection.purpose == Purpose::kAdmin;
    const auto take = [&connection](std::string key, std::string source) {
        connection.key = std::move(key);
        connection.key_source = std::move(source);
    };
    const bool context_has_key = place.context != nullptr && !place.context->key.empty();
    if (!settings.key.empty()) {
        take(settings.key, "--key");
    } else if (place.by_flag && context_has_key) {
        take(place.context->key, "context " + place.context->name);
    } else if (admin && !settings.data_directory.empty()) {
        SB_TRY(std::string key, read_admin_key(settings.data_directory));
        take(std::move(key), settings.data_directory + "/admin.key");
    } else if (const auto key = variables("SIGNALBOX_KEY"); key && !key->empty()) {
        take(*key, "SIGNALBOX_KEY");
    } else if (context_has_key) {
        take(place.context->key, "context " + place.context->name);
    } else if (admin && is_this_machine(connection.url)) {
        const std::string data = variables("SIGNALBOX_DATA").value_or(std::string(kDefaultData));
        if (auto found = read_admin_key(data)) {
            take(*std::move(found), data + "/admin.key");
        }
    }
    return {};
}

}  // namespace

Result<std::string> normalize_url(std::string_view text) {
    std::string url(trim(text));
    if (url.starts_with("unix:/")) {
        return url;
    }
    if (!url.contains("://")) {
        url.insert(0, "http://");
    }
    while (url.ends_with('/')) {
        url.pop_back();
    }
    const bool known = url.starts_with("http://") || url.starts_with("https://");
    if (!known || url.size() <= url.find("://") + 3 || has_control_characters(url)) {
        return usage_error(
            "the address " + std::string(text) + " is not http://HOST:PORT or https://HOST"
        );
    }
    return url;
}

Result<Connection> resolve_connection(
    const Settings& settings, const Variables& variables, const Contexts& contexts, Purpose purpose
) {
    SB_TRY(const Place place, find_place(settings, variables, contexts));
    Connection connection{
        .url = place.url,
        .key = {},
        .key_source = {},
        .ca_file = settings.ca_file,
        .purpose = purpose
    };
    if (connection.ca_file.empty() && place.context != nullptr) {
        connection.ca_file = place.context->ca_file;
    }
    SB_OK(choose_key(connection, place, settings, variables));
    return connection;
}

}  // namespace signalbox::cli
