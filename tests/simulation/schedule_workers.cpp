// The workers of a schedule: what they do, and how what they say comes to a server.
#include "tests/simulation/schedule.hpp"

#include <fmt/format.h>

#include <array>

namespace signalbox::simulation {

namespace {

using model::Reason;

constexpr std::size_t kMaxUnderWay = 8;

}  // namespace

// What a worker does next: it shows that it lives, comes to its end, tells of it, or dies.
void Schedule::work(const AttemptId& attempt) {
    Worker& worker = world_.machine.directories.at(attempt);
    const bool crowded = world_.machine.under_way.size() >= kMaxUnderWay;
    if (world_.faults && chance(8)) {
        note("the worker of " + attempt.name() + " dies");
        worker.alive = false;
    } else if (!worker.verdict && world_.faults && chance(45)) {
        beat(attempt, crowded);
    } else if (!worker.verdict) {
        finish_run(attempt);
    } else if (!crowded) {
        world_.machine.send(Message::Kind::kVerdict, attempt, *worker.verdict);
        if (world_.faults && chance(5)) {
            note(attempt.name() + " contradicts itself");
            report(attempt, Reason::kScenarioError, "lie");
        }
    }
}

// In a schedule with slow results its simulation may be over before it knows how it ended.
void Schedule::beat(const AttemptId& attempt, bool crowded) {
    Worker& worker = world_.machine.directories.at(attempt);
    if (world_.machine.slow_results && worker.phase == store::RunPhase::kRunning && chance(40)) {
        note("the simulation of " + attempt.name() + " is over");
        worker.phase = store::RunPhase::kUploading;
    }
    if (!crowded) {
        world_.machine.send(Message::Kind::kBeat, attempt);
    }
}

void Schedule::finish_run(const AttemptId& attempt) {
    static constexpr std::array kEnds{
        Reason::kCompleted,
        Reason::kCompleted,
        Reason::kCompleted,
        Reason::kCompleted,
        Reason::kScenarioError,
        Reason::kOutOfMemory,
        Reason::kSumoCrashed,
        Reason::kInterrupted,
        Reason::kInternal,
        Reason::kTimedOut
    };
    Worker& worker = world_.machine.directories.at(attempt);
    const bool obeys = worker.told_to_stop != Reason::kNone && chance(80);
    const Reason reason = obeys ? worker.told_to_stop : kEnds.at(below(kEnds.size()));
    note(fmt::format("the run of {} ends with {}", attempt.name(), to_word(reason)));
    report(attempt, reason, "result");
}

// The first report is the worker's own verdict, on its disk; a further one is only sent.
void Schedule::report(const AttemptId& attempt, Reason reason, std::string_view variant) {
    model::Verdict verdict{.reason = reason};
    if (reason == Reason::kCompleted || variant == "lie") {
        verdict.files.push_back(
            {.path = std::string(variant), .size_bytes = 1, .sha256 = std::string(64, 'b')}
        );
    }
    verdict.error = fmt::format("{} {}", variant, attempt.name());
    world_.machine.reported[attempt].emplace(verdict.error, verdict);
    Worker& worker = world_.machine.directories.at(attempt);
    if (worker.verdict) {
        world_.machine.send(Message::Kind::kVerdict, attempt, verdict);
    } else {
        worker.verdict = std::move(verdict);
    }
}

// To a server that may be dying; the message may be lost, and may come once more later.
void Schedule::deliver(std::size_t index) {
    auto& under_way = world_.machine.under_way;
    Message message = under_way[index];
    if (!world_.faults || !chance(15)) {
        under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(index));
    }
    if (servers_.empty() || (world_.faults && chance(10))) {
        return;
    }
    note(fmt::format(
        "{} of {} arrives",
        message.kind == Message::Kind::kBeat ? "a beat" : "a verdict",
        message.from.name()
    ));
    Server& server = any_server();
    spawn(
        server,
        message.kind == Message::Kind::kBeat ? run_beat(server, std::move(message))
                                             : run_verdict(server, std::move(message))
    );
}

// Who hears the answer: that very life of the worker, if it still goes on.
Worker* Schedule::listener(const Message& message) {
    const auto found = world_.machine.directories.find(message.from);
    const bool hears = found != world_.machine.directories.end() && found->second.alive &&
                       found->second.life == message.life && found->second.token == message.token;
    return hears ? &found->second : nullptr;
}

// It has delivered, or is told that its attempt is over: nothing of it stays.
void Schedule::end_worker(const Message& message) {
    if (Worker* const worker = listener(message)) {
        worker->alive = false;
        worker->verdict.reset();
    }
}

Task<void> Schedule::run_beat(Server& server, Message message) {
    auto attempt = co_await server.workers.authenticate(message.token);
    if (!attempt) {
        co_return;
    }
    jobs::BeatReport beat{.phase = message.phase};
    const auto order = co_await server.workers.beat(*std::move(attempt), std::move(beat));
    co_await world_.turns.take(server.process);
    if (!order && order.error().code() == Code::kGone) {
        end_worker(message);
    }
    Worker* const worker = listener(message);
    if (order && !order->reason.empty() && worker != nullptr) {
        worker->told_to_stop = model::parse_reason(order->reason).value_or(Reason::kInterrupted);
    }
}

namespace {

class Concluding {
public:
    Concluding(Machine& machine, const AttemptId& attempt, const Server& server)
        : servers_(machine.concluding[attempt]), server_(&server) {
        servers_.insert(server_);
        if (servers_.size() > 1) {
            machine.contested.insert(attempt);
        }
    }

    ~Concluding() { servers_.erase(server_); }

    Concluding(const Concluding&) = delete;
    Concluding& operator=(const Concluding&) = delete;

private:
    std::set<const void*>& servers_;
    const void* server_;
};

}  // namespace

Task<void> Schedule::run_verdict(Server& server, Message message) {
    auto attempt = co_await server.workers.authenticate(message.token);
    if (!attempt) {
        co_return;
    }
    const std::string hash = message.verdict.error;
    const Concluding concluding(world_.machine, message.from, server);
    const auto taken = co_await server.workers.conclude(*std::move(attempt), message.verdict, hash);
    if (taken) {
        const auto [place, first] = world_.machine.accepted.emplace(message.from, hash);
        if (!first && place->second != hash) {
            judge_.find(message.from.name() + ": two verdicts were accepted");
        }
    }
    co_await world_.turns.take(server.process);
    if (taken || taken.error().code() == Code::kGone || taken.error().code() == Code::kConflict) {
        end_worker(message);
    }
}

}  // namespace signalbox::simulation
