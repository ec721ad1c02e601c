#include "contract/error_body.hpp"

#include "contract/scenario_contract.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace signalbox::contract {
namespace {

constexpr Instant kNow{std::chrono::days(20'000)};

Error not_found() {
    return {Code::kNotFound, "TENANT_NOT_FOUND", "Tenant x not found"};
}

TEST(ErrorBody, SaysTheSentenceThreeTimes) {
    EXPECT_EQ(
        encode_error(not_found().with("tenant_id", std::string("x")), "req-1", kNow),
        R"({"detail":"Tenant x not found","error":"Tenant x not found",)"
        R"("message":"Tenant x not found",)"
        R"("details":{"code":"TENANT_NOT_FOUND","context":{"tenant_id":"x"}},)"
        R"("request_id":"req-1","timestamp":"2024-10-04T00:00:00.000Z"})"
    );
}

TEST(ErrorBody, ListsTheFieldsOfA422) {
    const Error error =
        Error(Code::kUnprocessable, "VALIDATION_ERROR", "cpu_request: 40 is too many")
            .with_field({"body.cpu_request", "40 is too many", "less_than_equal"})
            .with_field({"body.args.2", "is not text", "string_type"});
    const auto body = boost::json::parse(encode_error(error, "r", kNow)).as_object();
    EXPECT_EQ(
        body.at("detail"),
        boost::json::parse(
            R"([{"loc":["body","cpu_request"],"msg":"40 is too many","type":"less_than_equal"},)"
            R"({"loc":["body","args",2],"msg":"is not text","type":"string_type"}])"
        )
    );
    EXPECT_EQ(body.at("message").as_string(), "cpu_request: 40 is too many");
    EXPECT_EQ(body.at("error"), body.at("message"));
}

TEST(ErrorBody, A422WithoutFieldsStillHasAList) {
    const Error error(Code::kUnprocessable, "X", "that is odd");
    const auto body = boost::json::parse(encode_error(error, "r", kNow)).as_object();
    EXPECT_EQ(body.at("detail").as_array().at(0).as_object().at("msg").as_string(), "that is odd");
}

TEST(ErrorBody, KeepsInternalSentencesForTheLog) {
    const Error error = Error(Code::kInternal, "SYSTEM_ERROR", "open /secret/path: no")
                            .with("path", std::string("/secret"));
    const std::string body = encode_error(error, "req-7", kNow);
    EXPECT_FALSE(body.contains("secret"));
    EXPECT_TRUE(body.contains("req-7"));
}

TEST(ErrorBody, ClientsReadBackWhatTheServerWrote) {
    const std::vector<model::Finding> findings{
        {.file = "a.net.xml",
         .line = 7,
         .severity = model::Severity::kWarning,
         .code = "XML_SYNTAX",
         .message = "odd",
         .hint = "fix it"}
    };
    const std::string json =
        R"([{"file":"a.net.xml","line":7,"severity":"warning","code":"XML_SYNTAX",)"
        R"("message":"odd","hint":"fix it"}])";
    const Error sent = Error(Code::kUnprocessable, "BAD", "a sentence")
                           .with("count", std::int64_t{3})
                           .with("share", 0.5)
                           .with("known", true)
                           .with("name", std::string("x"))
                           .with("findings", JsonText{json})
                           .with_field({"body.args.2", "is not text", "string_type"});

    const Error read = decode_error(422, encode_error(sent, "r", kNow));

    EXPECT_EQ(read.code(), Code::kUnprocessable);
    EXPECT_EQ(read.word(), "BAD");
    EXPECT_EQ(read.message(), "a sentence");
    EXPECT_EQ(read.fields().at(0).location, "body.args.2");
    EXPECT_EQ(std::get<std::int64_t>(read.context().at(0).second), 3);
    EXPECT_EQ(std::get<double>(read.context().at(1).second), 0.5);
    EXPECT_EQ(std::get<bool>(read.context().at(2).second), true);
    EXPECT_EQ(std::get<std::string>(read.context().at(3).second), "x");
    EXPECT_EQ(findings_of(read), findings);
}

TEST(ErrorBody, ReadsWhatOtherServersAnswer) {
    const Error proxy = decode_error(502, "<html>\nBad gateway\n</html>");
    EXPECT_EQ(proxy.code(), Code::kUnavailable);
    EXPECT_EQ(proxy.word(), "HTTP_502");
    EXPECT_EQ(proxy.message(), "The server answered 502: \"<html> Bad gateway </html>\"");
    EXPECT_EQ(decode_error(404, R"({"detail":"Job not found"})").message(), "Job not found");
    EXPECT_EQ(decode_error(418, "").message(), "The server answered 418");
}

TEST(ErrorBody, LiftsOneFactOfTheContextToTheTop) {
    const Error error = Error(Code::kConflict, "GAP", "a gap").with("expected", std::int64_t{8});
    const std::string body = encode_error(error, "req-1", Instant(), "expected");
    EXPECT_TRUE(body.starts_with(R"({"expected":8,"detail":"a gap")")) << body;
    EXPECT_TRUE(body.contains(R"("context":{"expected":8})")) << body;
    EXPECT_FALSE(encode_error(error, "req-1", Instant()).starts_with(R"({"expected")"));
}

TEST(ErrorBody, StatusesOfTheServerAloneKeepTheirSentence) {
    for (const int status : {400, 408, 414, 417, 431, 501, 503, 505}) {
        const Error error(code_of_status(status), "WORD", "what was wrong");
        EXPECT_TRUE(encode_error(error, "req-1", Instant()).contains("what was wrong")) << status;
    }
}

TEST(ErrorBody, EveryStatusComesBackAsItsCode) {
    for (int code = 0; code < static_cast<int>(Code::kCancelled); ++code) {
        EXPECT_EQ(code_of_status(http_status(static_cast<Code>(code))), static_cast<Code>(code));
    }
    EXPECT_EQ(http_status(Code::kNoSpace), 507);
    EXPECT_EQ(http_status(Code::kExhausted), 429);
}

}  // namespace
}  // namespace signalbox::contract
