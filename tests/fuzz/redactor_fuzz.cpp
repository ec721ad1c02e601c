// What was redacted is the same when it is redacted again; text between the marks is untouched.
#include "base/error.hpp"
#include "base/text.hpp"
#include "kubectl/credentials.hpp"
#include "kubectl/redactor.hpp"
#include "tests/fuzz/input.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>

namespace {

using namespace signalbox;

void check_spans(std::string_view text) {
    std::size_t done = 0;
    for (const kubectl::Span span : kubectl::find_credentials(text)) {
        SB_CHECK(done <= span.begin && span.begin < span.end && span.end <= text.size());
        done = span.end;
    }
}

void check_lines(std::string_view text) {
    kubectl::Redactor redactor("key");
    for (const std::string_view line : split(text, '\n')) {
        static_cast<void>(redactor.redact_line(line));
    }
}

// A canary in a Secret, and in a variable that is called a credential, never comes out.
void check_object(const std::string& name) {
    constexpr std::string_view kCanary = "Q2FuYXJ5SW5BU2VjcmV0";
    boost::json::value secret{
        {"kind", "Secret"},
        {"apiVersion", "v1"},
        {"data", boost::json::object{{name, kCanary}}},
        {"env", boost::json::array{{{"name", "PASSWORD"}, {"value", kCanary}}}}
    };
    kubectl::Redactor redactor("key");
    redactor.redact(secret);
    SB_CHECK(!boost::json::serialize(secret).contains(kCanary));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::as_text(data, size);
    check_spans(text);
    check_lines(text);
    const std::string name = to_valid_utf8(text);
    if (!name.contains("Q2FuYXJ5SW5BU2VjcmV0")) {
        check_object(name);
    }
    boost::system::error_code problem;
    auto value = boost::json::parse(text, problem);
    if (!problem) {
        kubectl::Redactor redactor("key");
        redactor.redact(value);
    }
    return 0;
}
