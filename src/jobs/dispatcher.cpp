#include "jobs/dispatcher.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "jobs/changes.hpp"
#include "jobs/unreported.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace signalbox::jobs {

namespace {

using std::chrono::milliseconds;

// A pass promotes a bounded number, so that a long queue never holds the writer for long.
constexpr std::int64_t kMaxPromotionsPerPass = 500;
// Lost hints cost at most this.
constexpr milliseconds kLookAgain{1000};
constexpr std::size_t kTokenLength = 40;

store::SlotUse count_slots(const std::vector<store::OpenAttempt>& open) {
    store::SlotUse use;
    for (const store::OpenAttempt& attempt : open) {
        use.add(attempt.phase);
    }
    return use;
}

}  // namespace

Dispatcher::Dispatcher(Dependencies dependencies, store::Epoch epoch, DispatcherPolicy policy)
    : with_(dependencies), epoch_(epoch), policy_(policy) {}

Task<void> Dispatcher::run() {
    auto hints = with_.changes.subscribe(kDispatchHint);
    for (;;) {
        const auto started = co_await dispatch_once();
        if (!started && started.error().code() == Code::kGone) {
            log::error("dispatching was taken over by another server", {{"epoch", epoch_.number}});
            co_return;
        }
        if (!started) {
            log::warning("a dispatch pass failed", {{"error", started.error().message()}});
        }
        co_await hints.wait(co_await wait_until_due());
    }
}

Task<milliseconds> Dispatcher::wait_until_due() {
    const auto due = co_await with_.runs.next_ready_at(with_.clock.now());
    if (!due || !*due) {
        co_return kLookAgain;
    }
    co_return std::clamp(**due - with_.clock.now(), milliseconds(1), kLookAgain);
}

Task<Result<std::int64_t>> Dispatcher::dispatch_once() {
    if (paused_) {
        co_return 0;
    }
    SB_CO_TRY(
        const auto promoted,
        co_await with_.runs.promote_queued(epoch_, kMaxPromotionsPerPass, with_.clock.now())
    );
    for (const JobId& job : promoted) {
        with_.changes.notify(job_hint(job));
    }
    SB_CO_TRY(const auto open, co_await with_.runs.list_open_attempts());
    share_.follow(open, with_.clock.steady());
    const store::SlotUse use = count_slots(open);
    with_.probe.slots_seen(use, with_.runner.slots());

    std::int64_t opened = 0;
    std::int64_t free_slots = use.left_of(with_.runner.slots());
    while (free_slots > 0 && co_await finds_the_way_free() && !paused_) {
        SB_CO_TRY(auto ready, co_await with_.runs.list_ready(with_.clock.now()));
        SB_CO_TRY(const bool one, co_await start_next(std::move(ready)));
        if (!one) {
            break;
        }
        --free_slots;
        ++opened;
    }
    co_return opened;
}

// Says once when an obstacle comes and when it goes.
Task<bool> Dispatcher::finds_the_way_free() {
    const std::string obstacle = co_await with_.runner.find_obstacle();
    if (obstacle.empty() == held_) {
        held_ = !held_;
        if (held_) {
            log::warning("no runs are started", {{"reason", obstacle}});
        } else {
            log::info("runs are started again");
        }
    }
    co_return !held_;
}

// False when there was nothing to start.
Task<Result<bool>> Dispatcher::start_next(std::vector<store::ReadyTenant> ready) {
    while (!ready.empty()) {
        const auto tenant = *share_.choose(ready, with_.clock.steady());
        const auto chosen = std::ranges::find(ready, tenant, &store::ReadyTenant::tenant);
        std::string token = with_.random.alphanumerics(kTokenLength);
        store::Claim claim{
            .tenant = tenant,
            .token_hash = sha256_hex(token),
            .where = with_.runner.where(),
            .now = with_.clock.now()
        };
        const SteadyTime latest = with_.clock.steady() + policy_.start_within;
        SB_CO_TRY(const auto claimed, co_await with_.runs.claim_next(epoch_, std::move(claim)));
        if (claimed) {
            share_.started(claimed->id, *chosen, with_.clock.steady());
            SB_CO_OK(co_await start_attempt(*claimed, std::move(token), latest));
            co_return true;
        }
        ready.erase(chosen);
    }
    co_return false;
}

Task<Result<void>> Dispatcher::start_on_runner(
    const store::ClaimedAttempt& claimed, std::string token, SteadyTime latest
) {
    if (with_.clock.steady() > latest) {
        co_return fail(
            Code::kInternal,
            "START_HELD_UP",
            fmt::format(
                "the database took longer than {} to open the attempt",
                format_duration(std::chrono::duration<double>(policy_.start_within).count())
            )
        );
    }
    StartRequest request{.attempt = claimed.id, .token = std::move(token)};
    co_return co_await with_.runner.start(std::move(request));
}

Task<Result<void>> Dispatcher::start_attempt(
    store::ClaimedAttempt claimed, std::string token, SteadyTime latest
) {
    const auto started = co_await start_on_runner(claimed, std::move(token), latest);
    if (started) {
        with_.probe.run_started();
        log::info(
            "run started",
            {{"job_id", claimed.id.job.text},
             {"attempt", claimed.id.n},
             {"tenant_id", claimed.tenant.text}}
        );
        notify_watchers(with_.changes, claimed.id.job);
        co_return Result<void>();
    }
    with_.probe.run_could_not_start();
    log::warning(
        "run could not be started",
        {{"job_id", claimed.id.job.text},
         {"attempt", claimed.id.n},
         {"error", started.error().message()}}
    );
    UnreportedEnd end{
        .attempt = claimed.id,
        .reason = model::Reason::kStartFailed,
        .error = started.error().message(),
        .now = with_.clock.now()
    };
    SB_CO_OK(co_await end_unreported(with_.runs, epoch_, std::move(end)));
    // No hint to dispatch: where starts fail, passes would follow each other without a rest.
    notify_watchers(with_.changes, claimed.id.job);
    co_return Result<void>();
}

}  // namespace signalbox::jobs
