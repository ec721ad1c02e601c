#include "cli/testing/cli_fixture.hpp"

#include "base/time.hpp"
#include "contract/error_body.hpp"
#include "contract/job_contract.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

namespace signalbox::cli {

namespace {

using namespace std::chrono_literals;

net::Response render_refusal(const net::Refusal& refusal) {
    return json_answer(
        contract::encode_error(
            Error(
                contract::code_of_status(static_cast<int>(refusal.status)),
                refusal.word,
                refusal.message
            ),
            refusal.request_id,
            Instant()
        ),
        refusal.status
    );
}

Task<void> store_code(
    Task<int> work, std::shared_ptr<std::optional<int>> code, Interrupts& interrupts
) {
    const int outcome = co_await std::move(work);
    co_await interrupts.stop();
    *code = outcome;
}

Task<void> drain_server(net::HttpServer& server) {
    co_await server.drain(0ms);
}

Task<void> write_text(net::BodyWriter& writer, std::string text, bool cut) {
    const auto written = co_await writer.write(text);
    if (cut || !written) {
        writer.abort();
    }
}

}  // namespace

CliFixture::CliFixture() {
    net::ServerOptions options;
    options.render_error = &render_refusal;
    server_ = std::make_unique<net::HttpServer>(
        loop_.get_executor(),
        pool_,
        std::move(options),
        [this](net::Request& request) { return handle(request); }
    );
    port_ = server_->listen_tcp("127.0.0.1", 0).value();
    terminal.out = [this](std::string_view text) {
        out_ += text;
        return 0;
    };
    terminal.err = [this](std::string_view text) {
        err_ += text;
        return 0;
    };
    environment["SIGNALBOX_KEY"] = "sk-test";
}

CliFixture::~CliFixture() {
    async::TaskGroup group(loop_.get_executor());
    server_->stop_accepting();
    group.spawn("drain", drain_server(*server_));
    while (group.size() > 0 && loop_.run_one() > 0) {
    }
}

void CliFixture::answer(const std::string& route, CannedAnswer with) {
    answers_[route] = std::move(with);
}

void CliFixture::answer(const std::string& route, std::string json, unsigned status) {
    answer(route, [json = std::move(json), status](const CannedRequest&) {
        return json_answer(json, status);
    });
}

Ran CliFixture::run(std::vector<std::string> args) {
    out_.clear();
    err_.clear();
    Terminal screen(terminal);
    const SystemClock clock;
    SeededRandom random(1);
    Interrupts raised(loop_.get_executor());
    interrupts = &raised;
    const auto variables = [this](const std::string& name) -> std::optional<std::string> {
        if (name == "SIGNALBOX_URL" && !environment.contains(name)) {
            return url();
        }
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    const auto code = std::make_shared<std::optional<int>>();
    async::TaskGroup group(loop_.get_executor());
    Surroundings surroundings{
        .pool = pool_,
        .terminal = screen,
        .contexts = contexts,
        .interrupts = raised,
        .clock = clock,
        .random = random,
        .variables = variables,
        .first_wait = 1ms,
        .explain_interval = 5ms
    };
    group.spawn(
        "command",
        store_code(run_command_line(std::move(args), std::move(surroundings)), code, raised)
    );
    while (group.size() > 0 && loop_.run_one() > 0) {
    }
    interrupts = nullptr;
    return {.code = code->value_or(-1), .out = out_, .err = err_};
}

std::string CliFixture::dead_url() {
    // Bound a moment ago and free again: nobody listens there.
    net::ServerOptions options;
    options.render_error = &render_refusal;
    net::HttpServer other(
        loop_.get_executor(),
        pool_,
        std::move(options),
        [this](net::Request& request) { return handle(request); }
    );
    const std::uint16_t port = other.listen_tcp("127.0.0.1", 0).value();
    async::TaskGroup group(loop_.get_executor());
    other.stop_accepting();
    group.spawn("drain", drain_server(other));
    while (group.size() > 0 && loop_.run_one() > 0) {
    }
    return "http://127.0.0.1:" + std::to_string(port);
}

Task<net::Response> CliFixture::handle(net::Request& request) {
    const std::string route = std::string(net::to_string(request.method)) + " " + request.path;
    requests_.push_back(std::string(net::to_string(request.method)) + " " + request.target);
    request.body.set_limit(std::uint64_t{64} << 20U);
    const auto body = co_await request.body.read_all();
    const auto found = answers_.find(route);
    if (found == answers_.end()) {
        const Error error(Code::kNotFound, "NOT_FOUND", route + " not found");
        co_return json_answer(contract::encode_error(error, request.request_id, Instant()), 404);
    }
    const CannedRequest asked{
        .target = request.target, .body = body.value_or(""), .headers = request.headers
    };
    co_return found->second(asked);
}

net::Response json_answer(std::string json, unsigned status) {
    net::Response response{.status = status};
    response.headers.set("Content-Type", "application/json");
    response.body = std::move(json);
    return response;
}

net::Response stream_answer(std::string text, bool cut) {
    net::Response response;
    response.headers.set("Content-Type", "text/event-stream; charset=utf-8");
    response.body = net::StreamBody{
        .produce = [text = std::move(text),
                    cut](net::BodyWriter& writer) { return write_text(writer, text, cut); },
        .live = true
    };
    return response;
}

std::string job_json(
    const std::string& status, const std::string& reason, const std::string& error
) {
    contract::JobView job;
    job.job_id = kJobId;
    job.tenant_id = "demo";
    job.scenario_id = "town";
    job.status = model::parse_job_status(status).value();
    job.reason = model::parse_reason(reason).value_or(model::Reason::kNone);
    job.error = error;
    job.submitted_at = parse_rfc3339("2026-01-31T10:00:00Z").value();
    job.started_at = parse_rfc3339("2026-01-31T10:00:01Z");
    job.attempt = 1;
    if (model::is_final(job.status)) {
        job.finished_at = parse_rfc3339("2026-01-31T10:00:13Z");
        job.kpis = model::Figures();
        job.kpis->vehicles.inserted = 6000;
        job.kpis->cost.simulated_seconds = 3600;
        job.result_files = {{"signalbox/tripinfo.xml", 2048}};
    }
    return contract::encode(job);
}

}  // namespace signalbox::cli
