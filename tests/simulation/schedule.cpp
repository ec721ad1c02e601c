#include "tests/simulation/schedule.hpp"

#include <boost/asio/co_spawn.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace signalbox::simulation {

namespace {

using namespace std::chrono_literals;
using model::Reason;

constexpr int kMaxJobs = 5;
constexpr std::uint64_t kShortest = 50;
constexpr std::uint64_t kLongest = 110;
// In the quiet at the end a round is a minute; no retry and no back-off takes longer than these.
constexpr int kMaxQuietRounds = 120;
// Idempotency keys are forgotten after 24 h: the calendar stays within less.
constexpr std::chrono::hours kCalendarStep{11};

template <class T>
T now_or_never(Arena& arena, Task<Result<T>> task) {
    std::optional<Result<T>> outcome;
    boost::asio::co_spawn(
        arena.loop,
        std::move(task),
        [&outcome](const std::exception_ptr& problem, Result<T> value) {
            SB_CHECK(!problem);
            outcome.emplace(std::move(value));
        }
    );
    arena.poll();
    SB_CHECK(outcome && *outcome);
    if constexpr (!std::is_void_v<T>) {
        return **std::move(outcome);
    }
}

}  // namespace

Schedule::Schedule(Arena& arena, std::uint64_t seed, bool trace)
    : arena_(arena), world_(seed), judge_(arena, world_.machine, told_), trace_(trace) {
    SB_CHECK(arena_.connection.run("BEGIN").has_value());
    world_.machine.slots = static_cast<std::int64_t>(1 + below(3));
    world_.machine.slow_results = chance(50);
    add_tenants();
}

Schedule::~Schedule() {
    while (!servers_.empty()) {
        kill_server(servers_.size() - 1);
    }
    bury();
    SB_CHECK(dead_.empty());
    SB_CHECK(arena_.connection.run("ROLLBACK").has_value());
}

std::optional<std::string> Schedule::run() {
    start_server();
    const std::uint64_t length = kShortest + below(kLongest - kShortest);
    for (std::uint64_t i = 0; i < length && !judge_.violation(); ++i) {
        take_step();
        look_if_written();
    }
    world_.faults = false;
    note("the faults stop");
    for (int round = 0; round < kMaxQuietRounds && !judge_.violation(); ++round) {
        settle();
        look_if_written();
        if (judge_.all_is_over() && world_.machine.under_way.empty()) {
            break;
        }
        advance(61s);
    }
    judge_.look_at_the_end();
    return judge_.violation();
}

void Schedule::add_tenants() {
    add_tenant("city");
    add_tenant("town");
}

void Schedule::add_tenant(const std::string& name) {
    model::Tenant tenant{.id = {name}};
    tenant.limits.max_concurrent_jobs = static_cast<std::int32_t>(1 + below(3));
    tenant.limits.max_cpu = static_cast<std::int32_t>(2 + below(3));
    tenant.limits.max_memory_gi = static_cast<std::int32_t>(1 + below(3));
    tenant.limits.priority_weight = static_cast<std::int32_t>(1 + below(3));
    tenant.created_at = world_.clock.now();
    store::NewKey key;
    key.key.id.text = "key-of-" + name;
    key.key.tenant = tenant.id;
    key.key.role = model::Role::kTenant;
    key.hash = "hash-of-" + name;
    judge_.add_tenant(tenant.id, tenant.limits);
    tenants_.push_back(tenant.id);
    now_or_never(arena_, arena_.tenants.add_tenant(std::move(tenant), std::move(key)));
}

void Schedule::take_step() {
    ++steps_;
    if (world_.turns.waiting() > 0 && chance(60)) {
        const std::size_t index = below(world_.turns.waiting());
        if (!world_.turns.is_slow(index) || chance(4)) {
            let_go(index);
            return;
        }
    }
    if (servers_.empty() && chance(50)) {
        start_server();
        return;
    }
    const std::uint64_t kind = below(100);
    if (kind < 25) {
        if (const auto alive = world_.machine.alive(); !alive.empty()) {
            work(alive[below(alive.size())]);
        }
        return;
    }
    if (kind < 45 && !world_.machine.under_way.empty()) {
        deliver(below(world_.machine.under_way.size()));
        return;
    }
    if (kind >= 85) {
        disturb(kind - 85);
        return;
    }
    if (servers_.empty()) {
        return;
    }
    Server& server = any_server();
    if (kind < 58) {
        dispatch(server);
    } else if (kind < 68) {
        reconcile(server);
    } else if (kind < 79) {
        submit(server);
    } else if (kind < 82) {
        cancel(server);
    } else {
        retry(server);
    }
}

// Of 15.
void Schedule::disturb(std::uint64_t kind) {
    constexpr std::array<std::chrono::milliseconds, 3> kSpans{1s, 6s, 61s};
    if (kind < 9) {
        advance(kSpans.at(below(kSpans.size())));
    } else if (kind < 12 && !servers_.empty()) {
        kill_server(below(servers_.size()));
    } else if (kind == 12 && servers_.size() == 1) {
        start_server();
    } else if (kind == 13) {
        set_calendar();
    } else if (kind == 14 && !servers_.empty()) {
        note("the server ends its runs");
        servers_.back()->workers.stop_runs();
    }
}

void Schedule::let_go(std::size_t index) {
    world_.turns.let_go(index);
    arena_.poll();
    bury();
}

void Schedule::start_server() {
    note("a server starts");
    const auto epoch =
        now_or_never(arena_, arena_.runs.begin_epoch("simulated", world_.clock.now()));
    servers_.push_back(std::make_unique<Server>(
        arena_, world_, epoch, [this](const AttemptId& attempt) { judge_.clean_up(attempt); }
    ));
}

void Schedule::kill_server(std::size_t index) {
    note("a server dies");
    auto server = std::move(servers_[index]);
    servers_.erase(servers_.begin() + static_cast<std::ptrdiff_t>(index));
    world_.turns.kill(server->process);
    dead_.push_back(std::move(server));
    arena_.poll();
    bury();
}

void Schedule::bury() {
    for (std::size_t i = servers_.size(); i > 0; --i) {
        if (servers_[i - 1]->fenced) {
            kill_server(i - 1);
            return;
        }
    }
    std::erase_if(dead_, [](const auto& server) { return server->busy == 0; });
}

// One that was taken over from is dead before the new one calls anything lost.
void Schedule::advance(std::chrono::milliseconds by) {
    note(fmt::format("{} ms pass", by.count()));
    while (servers_.size() > 1) {
        kill_server(0);
    }
    world_.clock.advance(by);
}

void Schedule::set_calendar() {
    const auto to = kCalendarStep * (static_cast<int>(below(3)) - 1);
    note(fmt::format("the calendar is set from {} h to {} h", calendar_offset_.count(), to.count())
    );
    world_.clock.step_calendar(to - calendar_offset_);
    calendar_offset_ = to;
}

// Everybody does what is due, until nobody waits for anything but time.
void Schedule::settle() {
    while (servers_.size() > 1) {
        kill_server(0);
    }
    if (servers_.empty()) {
        start_server();
    }
    Server& server = *servers_.back();
    for (const AttemptId& attempt : world_.machine.alive()) {
        work(attempt);
    }
    dispatch(server);
    reconcile(server);
    for (bool busy = true; busy;) {
        busy = world_.turns.waiting() > 0 || !world_.machine.under_way.empty();
        if (world_.turns.waiting() > 0) {
            let_go(below(world_.turns.waiting()));
        } else if (busy) {
            deliver(0);
        }
        ++steps_;
    }
}

Server& Schedule::any_server() {
    return *servers_[below(servers_.size())];
}

void Schedule::spawn(Server& server, Task<void> task) {
    ++server.busy;
    boost::asio::co_spawn(
        arena_.loop,
        std::move(task),
        [this, &server](const std::exception_ptr& problem) {
            --server.busy;
            if (problem && !server.process.dead) {
                judge_.find("a task of a living server has thrown");
            }
        }
    );
    arena_.poll();
}

void Schedule::dispatch(Server& server) {
    if (!std::exchange(server.dispatching, true)) {
        note("a dispatch pass");
        spawn(server, run_dispatch(server));
    }
}

void Schedule::reconcile(Server& server) {
    if (!std::exchange(server.reconciling, true)) {
        note("a reconcile pass");
        spawn(server, run_reconcile(server));
    }
}

Task<void> Schedule::run_dispatch(Server& server) {
    const auto pass = co_await server.dispatcher.dispatch_once();
    server.dispatching = false;
    server.fenced = server.fenced || (!pass && pass.error().code() == Code::kGone);
}

Task<void> Schedule::run_reconcile(Server& server) {
    const auto pass = co_await server.reconciler.reconcile_once();
    server.reconciling = false;
    server.fenced = server.fenced || (!pass && pass.error().code() == Code::kGone);
}

// A new submission, or one that was sent before once more, as a client does that heard no answer.
void Schedule::submit(Server& server) {
    const bool again = !keys_.empty() && (next_job_ >= kMaxJobs || chance(30));
    if (!again && next_job_ >= kMaxJobs) {
        return;
    }
    const int number = next_job_++;
    const std::string key = again ? keys_[below(keys_.size())] : fmt::format("key {}", number);
    store::Submission submission{
        .id = {fmt::format("0197f000-0000-7000-8000-{:012}", number)},
        .tenant = tenants_[static_cast<std::size_t>(key.back()) % tenants_.size()],
        .on_limit = chance(60) ? model::OnLimit::kQueue : model::OnLimit::kReject,
        .idempotency = store::IdempotencyKey{.key = key, .fingerprint = key},
        .now = world_.clock.now()
    };
    submission.spec.scenario_id = key;
    submission.spec.scenario.sha256 = std::string(64, 'a');
    submission.spec.cpu_request = static_cast<std::int32_t>(1 + below(2));
    submission.spec.priority = static_cast<std::int32_t>(below(10));
    submission.spec.sumo_version = "1.15.0";
    note(fmt::format("{} is submitted as {}", key, submission.id.text));
    if (!again) {
        keys_.push_back(key);
    }
    spawn(server, run_submit(server, std::move(submission)));
}

Task<void> Schedule::run_submit(Server& server, store::Submission submission) {
    const std::string key = submission.idempotency->key;
    const auto admitted = co_await server.jobs.submit(std::move(submission));
    if (!admitted) {
        co_return;
    }
    const auto [place, first] = told_.submitted.emplace(key, admitted->id);
    if (first) {
        known_jobs_.push_back(admitted->id);
    } else if (place->second != admitted->id) {
        judge_.find(fmt::format("{} was acknowledged as two jobs", key));
    }
}

void Schedule::cancel(Server& server) {
    if (known_jobs_.empty()) {
        return;
    }
    const JobId job = known_jobs_[below(known_jobs_.size())];
    note("cancel of " + job.text);
    told_.cancels_sent.insert(job);
    spawn(server, run_cancel(server, job));
}

Task<void> Schedule::run_cancel(Server& server, JobId job) {
    const auto cancelled = co_await server.job_service.cancel(std::nullopt, job);
    if (cancelled) {
        told_.cancelled.emplace(job, cancelled->attempt);
    }
}

void Schedule::retry(Server& server) {
    if (known_jobs_.empty() || next_job_ >= kMaxJobs) {
        return;
    }
    const JobId job = known_jobs_[below(known_jobs_.size())];
    note("retry of " + job.text);
    spawn(
        server,
        run_retry(
            server,
            {.tenant = {}, .job = job, .on_limit = {}, .idempotency_key = "retry of " + job.text}
        )
    );
}

Task<void> Schedule::run_retry(Server& server, jobs::RetryRequest request) {
    const auto admitted = co_await server.submissions.retry(std::move(request));
    if (admitted && !admitted->replayed) {
        ++next_job_;
        known_jobs_.push_back(admitted->id);
    }
}

void Schedule::look_if_written() {
    if (std::exchange(looked_at_write_, world_.writes) != world_.writes) {
        judge_.look();
    }
}

void Schedule::note(std::string_view what) {
    if (trace_) {
        fmt::print(stderr, "{:4} {}\n", steps_, what);
    }
}

}  // namespace signalbox::simulation
