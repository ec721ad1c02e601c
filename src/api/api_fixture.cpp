#include "api/api_fixture.hpp"

#include "api/route_table.hpp"
#include "base/hash.hpp"
#include "contract/job_contract.hpp"
#include "contract/tenant_contract.hpp"
#include "contract/worker_contract.hpp"
#include "wire/zip_writer.hpp"

#include <set>

namespace signalbox::api {

namespace {

using testing::TemporaryDirectory;

// A directory within.
std::filesystem::path make(const TemporaryDirectory& directory, const std::string& name) {
    std::filesystem::create_directories(directory.path() / name);
    return directory.path() / name;
}

ApiConfig with_directory(ApiConfig config, const TemporaryDirectory& directory, Instant now) {
    config.spool_directory = make(directory, "spool");
    config.started_at = now;
    return config;
}

std::vector<scenario::Simulator> simulators(bool any) {
    if (!any) {
        return {};
    }
    // What the scenarios of these tests use.
    const scenario::OptionNames options{
        "additional-files", "begin", "end", "net-file", "no-warnings", "route-files", "seed"
    };
    return {
        {.version = "1.28.0",
         .home = "/opt/sumo-1.28.0",
         .binary = "/opt/sumo-1.28.0/bin/sumo",
         .options = options},
        {.version = "1.15.0",
         .home = "/usr/share/sumo",
         .binary = "/usr/bin/sumo",
         .options = options}
    };
}

std::unique_ptr<store::SqliteStore> open_store(
    Executor loop, async::BlockingPool& pool, const TemporaryDirectory& directory
) {
    return store::SqliteStore::open(loop, pool, directory.path() / "records.db", {}).value();
}

net::ServerLimits quick_limits() {
    net::ServerLimits limits;
    limits.sweep = std::chrono::milliseconds(20);
    limits.live_grace = std::chrono::milliseconds(20);
    return limits;
}

net::ClientRequest to_request(Ask ask) {
    net::ClientRequest request;
    request.method = ask.method;
    request.target = std::move(ask.target);
    for (net::Header& field : ask.headers) {
        request.headers.add(std::move(field.name), std::move(field.value));
    }
    if (!ask.key.empty()) {
        request.headers.add("Authorization", "Bearer " + ask.key);
    }
    if (!ask.body.empty()) {
        request.body.emplace_back(std::move(ask.body));
    }
    return request;
}

// What a route answers in any test stands in the API description.
void expect_described(net::Method method, std::string_view path, int status) {
    static const net::Router<std::size_t> kRouter = [] {
        net::Router<std::size_t> router;
        for (std::size_t i = 0; const RouteSpec& route : route_table()) {
            router.add(route.method, std::string(route.pattern), std::string(route.operation), i++);
        }
        return router;
    }();
    const auto match = kRouter.match(method, path);
    if (match.endpoint == nullptr) {
        return;
    }
    const contract::RouteInfo route = public_routes().at(*match.endpoint);
    EXPECT_TRUE(contract::describes_status(route, status))
        << route.method << " " << route.path << " answered " << status;
}

}  // namespace

TestServer::TestServer(ServerSetup setup)
    : store(open_store(loop.get_executor(), pool, directory)),
      archives(pool, clock, make(directory, "scenarios")),
      results(pool, make(directory, "results")),
      logs(pool, make(directory, "logs"), {}),
      rates(setup.rates, clock),
      authenticator(
          {.admin_key_hashes = {sha256_hex(kAdminKey)}, .static_keys = {}},
          store->tenants(),
          rates,
          clock
      ),
      tenants({}, {store->tenants(), authenticator, clock, random}),
      submissions(
          {store->jobs(), store->scenarios(), archives, pool, changes, ids, clock},
          simulators(setup.has_sumo),
          {}
      ),
      workers({store->runs(), archives, results, logs, changes, clock, probe}),
      job_service({store->jobs(), results, logs, runner, submissions, changes, clock}),
      log_feeds({.jobs = store->jobs(), .logs = logs, .changes = changes, .clock = clock}),
      api({tenants,
           authenticator,
           rates,
           store->jobs(),
           store->scenarios(),
           submissions,
           job_service,
           workers,
           results,
           log_feeds,
           changes,
           pool,
           clock,
           metrics},
          with_directory(std::move(setup.config), directory, clock.now())),
      server(
          loop.get_executor(),
          pool,
          api.server_options(quick_limits()),
          [this](net::Request& request) { return api.handle(request); }
      ) {
    port = server.listen_tcp("127.0.0.1", 0).value();
    net::ClientOptions options;
    options.base_url = "http://127.0.0.1:" + std::to_string(port);
    client_ = net::HttpClient::make(loop.get_executor(), pool, std::move(options)).value();
}

TestServer::~TestServer() {
    client_.reset();
    bool drained = false;
    tasks_.spawn("drain", [](net::HttpServer& http, bool& done) -> Task<void> {
        http.stop_accepting();
        co_await http.drain(std::chrono::milliseconds(0));
        done = true;
    }(server, drained));
    run_until([&drained] { return drained; });
    bool stopped = false;
    tasks_.spawn("stop", [](store::SqliteStore& records, bool& done) -> Task<void> {
        co_await records.stop();
        done = true;
    }(*store, stopped));
    run_until([&stopped] { return stopped; });
    run_until([this] { return tasks_.size() == 0; });
}

net::ClientResponse TestServer::send(Ask ask) {
    const net::Method method = ask.method;
    const std::string path = ask.target.substr(0, ask.target.find('?'));
    auto response = wait(client_->send(to_request(std::move(ask)))).value();
    expect_described(method, path, static_cast<int>(response.status));
    return response;
}

net::ClientResponse TestServer::get(std::string target, std::string key) {
    return send({.target = std::move(target), .key = std::move(key), .body = {}, .headers = {}});
}

net::ClientResponse TestServer::post(std::string target, std::string key, std::string json) {
    return send(
        {.method = net::Method::kPost,
         .target = std::move(target),
         .key = std::move(key),
         .body = std::move(json),
         .headers = {{"Content-Type", "application/json"}}}
    );
}

std::string TestServer::add_tenant(const std::string& id, const std::string& limits) {
    const auto answer =
        post("/auth/register", kAdminKey, R"({"tenant_id":")" + id + "\"" + limits + "}");
    EXPECT_EQ(answer.status, 200U) << answer.body;
    return contract::decode_tenant_view(answer.body).value().api_key.value();
}

net::ClientStream TestServer::open_stream(Ask ask) {
    return wait(client_->open(to_request(std::move(ask)))).value();
}

FakeWorker::FakeWorker(TestServer& with, const std::string& tenant)
    : server(with), token(with.random.alphanumerics(32)) {
    const Instant now = server.clock.now();
    const auto epoch = server.wait(server.store->runs().begin_epoch("test", now)).value();
    store::Claim claim{
        .tenant = {tenant}, .token_hash = sha256_hex(token), .where = "local", .now = now
    };
    attempt =
        server.wait(server.store->runs().claim_next(epoch, std::move(claim))).value().value().id;
}

net::ClientResponse FakeWorker::beat(const std::string& phase) {
    return server.post(
        "/worker/v1/beat",
        token,
        R"({"phase":")" + phase + R"(","figures":{},"usage":{"cpu_seconds":1}})"
    );
}

net::ClientResponse FakeWorker::log(std::uint64_t offset, std::string bytes) {
    return server.send(
        {.method = net::Method::kPut,
         .target = "/worker/v1/log?offset=" + std::to_string(offset),
         .key = token,
         .body = std::move(bytes),
         .headers = {}}
    );
}

net::ClientResponse FakeWorker::result(const std::string& path, std::string bytes) {
    std::string hash = sha256_hex(bytes);
    return server.send(
        {.method = net::Method::kPut,
         .target = "/worker/v1/results/" + path,
         .key = token,
         .body = std::move(bytes),
         .headers = {{"X-SHA256", std::move(hash)}}}
    );
}

net::ClientResponse FakeWorker::conclude(const model::Verdict& verdict) {
    return server.post("/worker/v1/verdict", token, contract::encode(verdict));
}

net::ClientResponse FakeWorker::complete(std::vector<model::ResultFile> files) {
    model::Verdict verdict;
    verdict.reason = model::Reason::kCompleted;
    verdict.figures.vehicles.arrived = 7;
    verdict.files = std::move(files);
    verdict.sumo.version = "1.28.0";
    verdict.sumo.exit_code = 0;
    return conclude(std::move(verdict));
}

EventReader::EventReader(
    TestServer& server,
    const std::string& target,
    const std::string& key,
    const std::string& last_event_id
)
    : server_(server),
      stream_(server.open_stream(
          {.target = target,
           .key = key,
           .body = {},
           .headers = last_event_id.empty()
                          ? std::vector<net::Header>{}
                          : std::vector<net::Header>{{"Last-Event-ID", last_event_id}}}
      )) {}

std::optional<wire::SseEvent> EventReader::next() {
    for (;;) {
        if (auto event = parser_.next()) {
            return event;
        }
        const std::string bytes = next_bytes();
        if (bytes.empty()) {
            return std::nullopt;
        }
        EXPECT_TRUE(parser_.feed(bytes).has_value());
    }
}

std::vector<wire::SseEvent> EventReader::rest() {
    std::vector<wire::SseEvent> events;
    while (auto event = next()) {
        events.push_back(std::move(*event));
    }
    return events;
}

std::string EventReader::next_bytes() {
    return std::string(server_.wait(stream_.next()).value_or(""));
}

std::string make_zip(const std::vector<std::pair<std::string, std::string>>& files) {
    wire::ZipWriter zip;
    std::string out;
    for (const auto& [name, content] : files) {
        zip.begin_entry(out, {.name = name, .size_bytes = content.size(), .modified = {}});
        zip.append(out, content);
        zip.end_entry(out);
    }
    zip.finish(out);
    return out;
}

std::string make_scenario() {
    return make_zip({
        {"hello.sumocfg",
         R"(<configuration><input><net-file value="hello.net.xml"/>)"
         R"(<route-files value="hello.rou.xml"/></input><time><begin value="0"/><end value="100"/>)"
         "</time></configuration>"},
        {"hello.net.xml", R"(<net version="1.16"></net>)"},
        {"hello.rou.xml", "<routes></routes>"},
    });
}

Form make_form(const std::vector<std::pair<std::string, std::string>>& parts) {
    static const std::string boundary = "a-boundary-7d1f";
    std::string body;
    for (const auto& [name, value] : parts) {
        body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"";
        body += name == "sumo_files" ? "; filename=\"s.zip\"\r\nContent-Type: application/zip" : "";
        body += "\r\n\r\n" + value + "\r\n";
    }
    body += "--" + boundary + "--\r\n";
    return {.body = std::move(body), .content_type = "multipart/form-data; boundary=" + boundary};
}

net::ClientResponse submit(
    TestServer& server,
    const std::string& key,
    const std::string& name,
    std::vector<std::pair<std::string, std::string>> fields
) {
    fields.emplace_back("scenario_id", name);
    fields.emplace_back("sumo_files", make_scenario());
    Form form = make_form(fields);
    return server.send(
        {.method = net::Method::kPost,
         .target = "/jobs",
         .key = key,
         .body = std::move(form.body),
         .headers = {{"Content-Type", form.content_type}}}
    );
}

std::string submit_job_id(TestServer& server, const std::string& key, const std::string& name) {
    const auto answer = submit(server, key, name);
    EXPECT_EQ(answer.status, 200U) << answer.body;
    return contract::decode_submit_answer(answer.body).value().job_id;
}

std::string header(const net::ClientResponse& response, std::string_view name) {
    return std::string(response.headers.find(name).value_or(""));
}

}  // namespace signalbox::api
