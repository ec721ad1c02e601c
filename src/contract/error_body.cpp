#include "contract/error_body.hpp"

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "contract/json_parse.hpp"
#include "contract/scenario_contract.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace signalbox::contract {

namespace json = boost::json;

namespace {

// Of a code the first status counts, of a status the first code.
constexpr std::array<std::pair<Code, int>, 19> kStatuses{{
    {Code::kInvalid, 400},        {Code::kUnauthenticated, 401}, {Code::kForbidden, 403},
    {Code::kNotFound, 404},       {Code::kMethod, 405},          {Code::kConflict, 409},
    {Code::kGone, 410},           {Code::kTooLarge, 413},        {Code::kUnsupported, 415},
    {Code::kRange, 416},          {Code::kUnprocessable, 422},   {Code::kExhausted, 429},
    {Code::kInternal, 500},       {Code::kNotImplemented, 501},  {Code::kUnavailable, 503},
    {Code::kDeadline, 504},       {Code::kNoSpace, 507},         {Code::kCancelled, 500},
    {Code::kNotImplemented, 505},
}};

constexpr JsonLimits kErrorLimits{.max_bytes = std::size_t{8} << 20U, .max_depth = 32};

void write_field(JsonWriter& out, const FieldError& field) {
    out.begin_object().key("loc").begin_array();
    for (const std::string_view part : split(field.location, '.')) {
        // The place within a list is a number, as the known clients have it.
        if (const auto index = parse_number<std::uint64_t>(part)) {
            out.number(*index);
        } else {
            out.text(part);
        }
    }
    out.end_array().key("msg").text(field.message).key("type").text(field.type).end_object();
}

void write_detail(JsonWriter& out, const Error& error, std::string_view sentence) {
    if (error.code() != Code::kUnprocessable) {
        out.text(sentence);
        return;
    }
    out.begin_array();
    for (const FieldError& field : error.fields()) {
        write_field(out, field);
    }
    if (error.fields().empty()) {
        write_field(
            out, {.location = "body", .message = std::string(sentence), .type = "value_error"}
        );
    }
    out.end_array();
}

struct ContextWriter {
    JsonWriter& out;

    void operator()(const std::string& value) const { out.text(value); }

    void operator()(std::int64_t value) const { out.number(value); }

    void operator()(double value) const { out.number(value); }

    void operator()(bool value) const { out.boolean(value); }

    void operator()(const JsonText& value) const { out.raw(value.text); }
};

ContextValue to_context(const json::value& value) {
    if (value.is_string()) {
        return std::string(std::string_view(value.get_string()));
    }
    if (value.is_bool()) {
        return value.get_bool();
    }
    if (value.is_int64()) {
        return value.get_int64();
    }
    if (value.is_number()) {
        return value.to_number<double>();
    }
    return JsonText{json::serialize(value)};
}

std::string text_at(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_string()
               ? std::string(std::string_view(value->get_string()))
               : std::string();
}

FieldError to_field(const json::object& object) {
    FieldError field{
        .location = {}, .message = text_at(object, "msg"), .type = text_at(object, "type")
    };
    const json::value* location = object.if_contains("loc");
    if (location != nullptr && location->is_array()) {
        for (const json::value& part : location->get_array()) {
            field.location += field.location.empty() ? "" : ".";
            field.location += part.is_string() ? std::string_view(part.get_string())
                                               : std::string_view(json::serialize(part));
        }
    }
    return field;
}

// Answers of proxies and of other servers: whatever they say, shortened.
Error foreign_error(int status, std::string_view body) {
    const std::string_view text = trim(body);
    std::string sentence = "The server answered " + std::to_string(status);
    if (!text.empty()) {
        sentence += ": " + shown(text);
    }
    return {code_of_status(status), "HTTP_" + std::to_string(status), std::move(sentence)};
}

// `with` adds in place; the reference it returns is for chains.
Error with_details(Error error, const json::object& body) {
    const json::value* details = body.if_contains("details");
    const json::value* context = details != nullptr && details->is_object()
                                     ? details->get_object().if_contains("context")
                                     : nullptr;
    if (context != nullptr && context->is_object()) {
        for (const auto& [name, value] : context->get_object()) {
            error = std::move(error).with(name, to_context(value));
        }
    }
    const json::value* detail = body.if_contains("detail");
    if (detail != nullptr && detail->is_array()) {
        for (const json::value& field : detail->get_array()) {
            if (field.is_object()) {
                error = std::move(error).with_field(to_field(field.get_object()));
            }
        }
    }
    return error;
}

std::string word_of(const json::object& body, int status) {
    const json::value* details = body.if_contains("details");
    const std::string word = details != nullptr && details->is_object()
                                 ? text_at(details->get_object(), "code")
                                 : std::string();
    return word.empty() ? "HTTP_" + std::to_string(status) : word;
}

}  // namespace

int http_status(Code code) {
    const auto* const found = std::ranges::find(kStatuses, code, &std::pair<Code, int>::first);
    return found == kStatuses.end() ? 500 : found->second;
}

Code code_of_status(int status) {
    const auto* const found = std::ranges::find(kStatuses, status, &std::pair<Code, int>::second);
    if (found != kStatuses.end()) {
        return found->first;
    }
    if (status == 502) {
        return Code::kUnavailable;
    }
    return status >= 400 && status < 500 ? Code::kInvalid : Code::kInternal;
}

std::string encode_error(
    const Error& error, std::string_view request_id, Instant now, std::string_view lifted
) {
    const bool ours = error.code() == Code::kInternal || error.code() == Code::kCancelled;
    const std::string sentence =
        ours ? "Internal error; the server's log names it under " + std::string(request_id)
             : error.message();
    JsonWriter out;
    out.begin_object();
    for (const auto& [name, value] : error.context()) {
        if (!ours && name == lifted) {
            out.key(name);
            std::visit(ContextWriter{out}, value);
        }
    }
    out.key("detail");
    write_detail(out, error, sentence);
    out.key("error").text(sentence).key("message").text(sentence);
    out.key("details").begin_object().key("code").text(ours ? "INTERNAL" : error.word());
    out.key("context").begin_object();
    if (!ours) {
        for (const auto& [name, value] : error.context()) {
            out.key(name);
            std::visit(ContextWriter{out}, value);
        }
    }
    out.end_object().end_object();
    out.key("request_id").text(request_id).key("timestamp").text(to_rfc3339(now)).end_object();
    return out.take();
}

Error decode_error(int status, std::string_view body) {
    const auto parsed = parse_json(body, kErrorLimits);
    if (!parsed || !parsed->is_object()) {
        return foreign_error(status, body);
    }
    const json::object& object = parsed->get_object();
    for (const std::string_view name : {"message", "detail", "error"}) {
        if (std::string sentence = text_at(object, name); !sentence.empty()) {
            return with_details(
                Error(code_of_status(status), word_of(object, status), std::move(sentence)), object
            );
        }
    }
    return with_details(foreign_error(status, body), object);
}

std::vector<model::Finding> findings_of(const Error& error) {
    for (const auto& [name, value] : error.context()) {
        if (name == "findings" && std::holds_alternative<JsonText>(value)) {
            return decode_findings(std::get<JsonText>(value).text)
                .value_or(std::vector<model::Finding>{});
        }
    }
    return {};
}

}  // namespace signalbox::contract
