#include "contract/openapi.hpp"

#include "base/error.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "contract/openapi_parts.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace signalbox::contract {

namespace {

using std::string_view;

// A line of openapi_table().
struct Operation {
    string_view method;
    string_view path;
    string_view tag;
    string_view access;
    string_view summary;
    string_view parameters;
    string_view body;
    string_view answers;
};

Operation parse_operation(string_view line) {
    const std::vector<string_view> columns = split(line, '|');
    SB_CHECK(columns.size() == 7);
    const std::vector<string_view> route = split(trim(columns[0]), ' ');
    SB_CHECK(route.size() == 2);
    return {
        .method = route[0],
        .path = route[1],
        .tag = trim(columns[1]),
        .access = trim(columns[2]),
        .summary = trim(columns[3]),
        .parameters = trim(columns[4]),
        .body = trim(columns[5]),
        .answers = trim(columns[6]),
    };
}

const std::vector<Operation>& operations() {
    static const std::vector<Operation> kOperations = [] {
        std::vector<Operation> parsed;
        for (const string_view line : split(trim(openapi_table()), '\n')) {
            parsed.push_back(parse_operation(line));
        }
        return parsed;
    }();
    return kOperations;
}

// `/jobs/{job_id}/results/{path*}` → `/jobs/{}/results/{}`.
std::string without_names(string_view path) {
    std::string bare;
    bool inside = false;
    for (const char c : path) {
        inside = inside && c != '}';
        if (!inside) {
            bare += c;
        }
        inside = inside || c == '{';
    }
    return bare;
}

bool is_wanted(const Operation& operation, std::span<const RouteInfo> routes) {
    const RouteInfo mine{std::string(operation.method), std::string(operation.path)};
    return routes.empty() || std::ranges::any_of(routes, [&mine](const RouteInfo& route) {
               return same_operation(route, mine);
           });
}

void write_reference(JsonWriter& out, string_view kind, string_view name) {
    out.begin_object();
    out.key("$ref").text("#/components/" + std::string(kind) + "/" + std::string(name));
    out.end_object();
}

void write_content(JsonWriter& out, string_view media_type, string_view schema) {
    out.key(media_type).begin_object();
    if (!schema.empty()) {
        out.key("schema");
        write_reference(out, "schemas", schema);
    }
    out.end_object();
}

void write_path_parameters(JsonWriter& out, string_view path) {
    while (path.contains('{')) {
        path.remove_prefix(path.find('{') + 1);
        out.begin_object().key("name").text(path.substr(0, path.find('}')));
        out.key("in").text("path").key("required").boolean(true);
        out.key("schema").raw(R"({"type":"string"})").end_object();
    }
}

void write_parameters(JsonWriter& out, const Operation& operation) {
    out.key("parameters").begin_array();
    write_path_parameters(out, operation.path);
    for (const string_view name : split(operation.parameters, ' ')) {
        if (!name.empty()) {
            write_reference(out, "parameters", name);
        }
    }
    out.end_array();
}

void write_body(JsonWriter& out, string_view body) {
    if (body.empty()) {
        return;
    }
    out.key("requestBody").begin_object().key("content").begin_object();
    for (const string_view form : split(body, ' ')) {
        const std::size_t equals = form.find('=');
        write_content(out, form.substr(0, equals), form.substr(equals + 1));
    }
    out.end_object().end_object();
}

string_view describe_status(string_view status) {
    static const std::map<string_view, string_view> kSentences{
        {"200", "Done"},
        {"201", "Made"},
        {"204", "Done; nothing to say"},
        {"206", "The part asked for"},
        {"304", "Not changed"},
        {"400", "The request makes no sense"},
        {"401", "No credential, or a wrong one"},
        {"403", "Known, but not allowed"},
        {"404", "Unknown, or not yours"},
        {"409", "The state does not allow it"},
        {"410", "This attempt is over"},
        {"413", "Too large"},
        {"415", "Another media type is needed"},
        {"416", "No such range"},
        {"422", "Fields are wrong; `detail` lists them"},
        {"429", "A limit is reached; see Retry-After"},
        {"501", "Not offered by this server"},
        {"503", "A backend is away, or something is not installed"},
        {"507", "Not enough disk"},
    };
    const auto found = kSentences.find(status);
    return found == kSentences.end() ? "Answer" : found->second;
}

// The errors that follow from who may call an operation and from what it takes.
std::vector<string_view> implied_errors(const Operation& operation) {
    std::vector<string_view> statuses;
    if (operation.access != "public") {
        statuses.insert(statuses.end(), {"401", "429"});
        statuses.emplace_back(operation.access == "worker" ? "410" : "403");
    }
    if (operation.path.contains('{')) {
        statuses.emplace_back("400");  // what is no path
    }
    if (operation.path.contains("{job_id}")) {
        // A shortened id may mean several jobs.
        statuses.insert(statuses.end(), {"404", "409"});
    }
    if (!operation.body.empty()) {
        statuses.insert(statuses.end(), {"400", "413"});
    }
    if (operation.body.contains("json")) {
        statuses.emplace_back("422");
    }
    return statuses;
}

// By status: what stands in the table, `409:LogAnswer`; a bare status for an error.
std::map<string_view, string_view> answers_of(const Operation& operation) {
    std::map<string_view, string_view> answers;
    for (const string_view answer : split(operation.answers, ' ')) {
        answers.emplace(answer.substr(0, 3), answer);
    }
    for (const string_view status : implied_errors(operation)) {
        answers.emplace(status, status);
    }
    return answers;
}

void write_answer(JsonWriter& out, string_view status, string_view answer) {
    const string_view rest = answer.substr(std::min<std::size_t>(4, answer.size()));
    out.key(status).begin_object().key("description").text(describe_status(status));
    const bool is_error = rest.empty() && status >= "400";
    if (is_error || !rest.empty()) {
        out.key("content").begin_object();
        if (is_error) {
            write_content(out, "application/json", "Error");
        } else if (answer[3] == ':') {
            write_content(out, "application/json", rest);
        } else {
            write_content(out, rest, "");
        }
        out.end_object();
    }
    out.end_object();
}

void write_security(JsonWriter& out, string_view access) {
    out.key("security");
    if (access == "public") {
        out.raw("[]");
    } else if (access == "admin") {
        out.raw(R"([{"adminKey":[]},{"bearer":[]}])");
    } else if (access == "worker") {
        out.raw(R"([{"bearer":[]}])");
    } else {
        out.raw(R"([{"bearer":[]},{"apiKey":[]}])");
    }
}

void write_operation(JsonWriter& out, const Operation& operation) {
    out.key(to_lower(operation.method)).begin_object();
    out.key("tags").begin_array().text(operation.tag).end_array();
    out.key("summary").text(operation.summary);
    write_parameters(out, operation);
    write_body(out, operation.body);
    out.key("responses").begin_object();
    for (const auto& [status, answer] : answers_of(operation)) {
        write_answer(out, status, answer);
    }
    out.key("default").raw(R"({"$ref":"#/components/responses/Error"})");
    out.end_object();
    write_security(out, operation.access);
    out.end_object();
}

void write_components(JsonWriter& out) {
    out.key("components").begin_object();
    out.key("schemas").raw(trim(openapi_schemas()));
    out.key("parameters").raw(trim(openapi_parameters()));
    out.key("responses").begin_object().key("Error").begin_object();
    out.key("description").text("Any other error; what cannot be parsed is 400, for example");
    out.key("content").begin_object();
    write_content(out, "application/json", "Error");
    out.end_object().end_object().end_object();
    out.key("securitySchemes")
        .raw(R"({"bearer":{"type":"http","scheme":"bearer"},)"
             R"("apiKey":{"type":"apiKey","in":"header","name":"X-API-Key"},)"
             R"("adminKey":{"type":"apiKey","in":"header","name":"X-Admin-Key"}})");
    out.end_object();
}

}  // namespace

bool same_operation(const RouteInfo& a, const RouteInfo& b) {
    return a.method == b.method && without_names(a.path) == without_names(b.path);
}

bool describes_status(const RouteInfo& route, int status) {
    return std::ranges::any_of(operations(), [&](const Operation& operation) {
        const RouteInfo mine{std::string(operation.method), std::string(operation.path)};
        return same_operation(mine, route) &&
               answers_of(operation).contains(std::to_string(status));
    });
}

std::vector<RouteInfo> openapi_operations() {
    std::vector<RouteInfo> routes;
    for (const Operation& operation : operations()) {
        routes.push_back({std::string(operation.method), std::string(operation.path)});
    }
    return routes;
}

std::string openapi_document(std::span<const RouteInfo> routes) {
    std::map<string_view, std::vector<const Operation*>> by_path;
    for (const Operation& operation : operations()) {
        if (is_wanted(operation, routes)) {
            by_path[operation.path].push_back(&operation);
        }
    }
    JsonWriter out;
    out.begin_object().key("openapi").text("3.1.0");
    out.key("info").begin_object().key("title").text("Signalbox");
    out.key("version").text(SIGNALBOX_VERSION);
    out.key("description").text("SUMO simulations for many tenants, and a safe look at them.");
    out.end_object();
    out.key("paths").begin_object();
    for (const auto& [path, methods] : by_path) {
        out.key(path).begin_object();
        for (const Operation* operation : methods) {
            write_operation(out, *operation);
        }
        out.end_object();
    }
    out.end_object();
    write_components(out);
    return out.end_object().take();
}

}  // namespace signalbox::contract
