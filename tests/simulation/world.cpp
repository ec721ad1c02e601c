#include "tests/simulation/world.hpp"

#include "store/sqlite/schema.hpp"

namespace signalbox::simulation {

namespace {

// Nothing has to last: what could be taken back stays in memory.
constexpr const char* kSettings =
    "PRAGMA foreign_keys = ON; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
    " PRAGMA temp_store = MEMORY; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16000;";

store::sqlite::Connection open_database(const std::filesystem::path& path) {
    using store::sqlite::Connection;
    auto connection = Connection::open(path, Connection::Mode::kReadWrite);
    SB_CHECK(connection.has_value());
    SB_CHECK(connection->run_script(kSettings).has_value());
    SB_CHECK(store::sqlite::migrate(*connection).has_value());
    return *std::move(connection);
}

std::vector<scenario::Simulator> one_simulator() {
    return {{.version = "1.15.0", .home = {}, .binary = {}, .options = {}}};
}

}  // namespace

Arena::Arena()
    : connection(open_database(directory.path() / "records.db")),
      database(store::sqlite::SqliteDatabase::open_inline(connection)),
      jobs(*database),
      runs(*database, model::RetryPolicy{}),
      tenants(*database),
      scenarios(*database),
      probe(metrics) {}

Server::Server(
    Arena& arena,
    World& world,
    store::Epoch epoch,
    std::function<void(const AttemptId&)> on_clean_up
)
    : changes_(arena.loop.get_executor()),
      ids_(world.clock, world.random),
      around_{
          .turns = world.turns,
          .process = process,
          .machine = world.machine,
          .random = world.random,
          .faults = world.faults,
          .on_clean_up = std::move(on_clean_up)
      },
      results_(around_),
      logs_(around_),
      runs_(arena.runs, {.turns = world.turns, .process = process, .writes = world.writes}),
      runner_(around_),
      jobs(arena.jobs, {.turns = world.turns, .process = process, .writes = world.writes}),
      submissions(
          {jobs, arena.scenarios, archives_, arena.pool, changes_, ids_, world.clock},
          one_simulator(),
          {}
      ),
      job_service({jobs, results_, logs_, runner_, submissions, changes_, world.clock}),
      workers({runs_, archives_, results_, logs_, changes_, world.clock, arena.probe}),
      dispatcher({runs_, runner_, changes_, world.clock, world.random, arena.probe}, epoch),
      reconciler({runs_, runner_, changes_, world.clock, arena.probe}, epoch, {}) {}

}  // namespace signalbox::simulation
