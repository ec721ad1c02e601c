#include "worker/testing/worker_fixture.hpp"

#include "async/task_group.hpp"
#include "base/fs.hpp"
#include "base/hash.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

namespace signalbox::worker {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kNetwork =
    R"(<net version="1.9">
    <location netOffset="0.00,0.00" convBoundary="0.00,0.00,200.00,0.00" origBoundary="0.00,0.00,200.00,0.00" projParameter="!"/>
    <edge id="a" from="A" to="B" priority="1">
        <lane id="a_0" index="0" speed="13.89" length="200.00" shape="0.00,-1.60 200.00,-1.60"/>
    </edge>
    <junction id="A" type="dead_end" x="0.00" y="0.00" incLanes="" intLanes="" shape="0.00,0.00 0.00,-3.20"/>
    <junction id="B" type="dead_end" x="200.00" y="0.00" incLanes="a_0" intLanes="" shape="200.00,-3.20 200.00,0.00"/>
</net>
)";
constexpr std::string_view kRoutes =
    R"(<routes>
    <vehicle id="v" depart="0"><route edges="a"/></vehicle>
</routes>
)";
constexpr std::string_view kConfiguration =
    R"(<configuration>
    <net-file value="net.net.xml"/>
    <route-files value="routes.rou.xml"/>
    <additional-files value="behaviour.add.xml"/>
</configuration>
)";

ZipFiles scenario_with(const std::string& behaviour) {
    return {
        {"net.net.xml", std::string(kNetwork)},
        {"routes.rou.xml", std::string(kRoutes)},
        {"behaviour.add.xml", "<additional><!-- " + behaviour + " --></additional>\n"},
        {"deep/", ""},
        {"run.sumocfg", std::string(kConfiguration)}
    };
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
    std::string name = (fs::temp_directory_path() / "worker-test-XXXXXX").string();
    SB_CHECK(::mkdtemp(name.data()) != nullptr);
    SB_CHECK(::chmod(name.c_str(), 0755) == 0);
    path_ = fs::canonical(name);
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

void TemporaryDirectory::write(const std::string& name, std::string_view content) const {
    SB_CHECK(make_directories((path_ / name).parent_path()).has_value());
    const auto file = open_file(path_ / name, O_WRONLY | O_CREAT | O_TRUNC);
    SB_CHECK(file && write_all(file->get(), content, name).has_value());
}

WorkerFixture::WorkerFixture() {
    using std::chrono::milliseconds;
    const fs::path root = directory_.path();
    fs::create_directories(attempt_directory());
    fs::create_directories(root / "home/bin");
    fs::create_directories(root / "home/data/xsd");
    fs::copy_file(SIGNALBOX_FAKE_SUMO, root / "home/bin/sumo");

    server_ = std::make_unique<StubServer>(loop_.get_executor(), pool_, root / "server.sock");
    server_->attempt.job_id = "01890a5d-ac96-774b-bcce-b302099a8057";
    server_->attempt.attempt = 1;
    server_->attempt.limits = {
        .wall_seconds = 60,
        .memory_bytes = std::int64_t{1} << 30U,
        .output_bytes = std::int64_t{1} << 30U,
        .log_bytes = std::int64_t{1} << 20U
    };
    settings_.directory = attempt_directory();
    settings_.server_url = "unix:" + (root / "server.sock").string();
    settings_.attempt = "01890a5d-ac96-774b-bcce-b302099a8057-1";
    settings_.token = "secret";
    settings_.cache_directory = root / "cache";
    settings_.simulators = {.homes = {root / "home"}, .machine = false};
    settings_.times.beat = milliseconds(50);
    settings_.times.live_beat = milliseconds(10);
    settings_.times.sample = milliseconds(10);
    settings_.times.grace = milliseconds(100);
    settings_.times.log_batch = milliseconds(5);
    settings_.times.retry = {.first = milliseconds(1), .ceiling = milliseconds(20)};
}

WorkerFixture::~WorkerFixture() {
    drive(server_->stop());
}

fs::path WorkerFixture::attempt_directory() const {
    return directory_.path() / "attempt";
}

void WorkerFixture::give_scenario(const ZipFiles& files) {
    server_->zip = make_stored_zip(files);
    server_->attempt.config_file = "run.sumocfg";
    server_->attempt.scenario = {
        .sha256 = sha256_hex(server_->zip), .size_bytes = server_->zip.size(), .url = ""
    };
}

void WorkerFixture::give_fake_scenario(const std::string& behaviour) {
    server_->attempt.sumo_version = "9.8.7";
    give_scenario(scenario_with(behaviour));
}

void WorkerFixture::drive(Task<void> task) {
    async::TaskGroup group(loop_.get_executor());
    group.spawn("test", std::move(task));
    while (group.size() > 0) {
        loop_.run_one();
    }
}

WorkerExit WorkerFixture::run() {
    WorkerExit exit = WorkerExit::kUndelivered;
    const auto story = [](WorkerFixture& test, WorkerExit& result) -> Task<void> {
        const WorkerServices services{
            .executor = test.loop_.get_executor(),
            .pool = test.pool_,
            .clock = test.clock_,
            .random = test.random_,
            .signals = test.signals_
        };
        result = co_await run_attempt(test.settings_, services);
    };
    drive(story(*this, exit));
    return exit;
}

ZipFiles tiny_scenario() {
    return scenario_with("for the real SUMO");
}

}  // namespace signalbox::worker
