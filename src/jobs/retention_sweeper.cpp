#include "jobs/retention_sweeper.hpp"

#include "base/log.hpp"
#include "base/text.hpp"

namespace signalbox::jobs {

namespace {

// Passes follow each other as long as there is more: faster than keys can come.
constexpr std::int64_t kMaxKeysPerPass = 5000;

// One that cannot go is left for the next pass and holds up nothing behind it. 1: it is gone.
std::int64_t note(const std::string& name, const Result<void>& outcome) {
    if (outcome) {
        return 1;
    }
    log::warning(
        "retention could not let go of something",
        {{"name", name}, {"error", outcome.error().message()}}
    );
    return 0;
}

}  // namespace

Task<void> RetentionSweeper::run() {
    for (;;) {
        const auto report = co_await sweep_once();
        if (!report) {
            log::warning("a retention pass failed", {{"error", report.error().message()}});
        } else if (report->total() > 0) {
            log::info(
                "retention let go of what has outlived its time",
                {{"results", report->results},
                 {"logs", report->logs},
                 {"records", report->records},
                 {"archives", report->archives},
                 {"idempotency_keys", report->keys}}
            );
        }
        const bool more = report && report->total() >= policy_.batch;
        co_await async::sleep_for(more ? std::chrono::seconds(1) : policy_.interval);
    }
}

Task<Result<bool>> RetentionSweeper::trusts_calendar() {
    if (!seen_) {
        SB_CO_TRY(seen_, co_await with_.retention.last_submission());
    }
    const Instant now = with_.clock.now();
    const SteadyTime steady = with_.clock.steady();
    if (const auto ahead = now - seen_.value_or(now); ahead > policy_.jump) {
        resting_until_ = steady + policy_.rest;
        log::warning(
            "the calendar is more than a day ahead: retention rests, so that it can be set right",
            {{"by", format_duration(std::chrono::duration<double>(ahead).count())},
             {"for", format_duration(std::chrono::duration<double>(policy_.rest).count())}}
        );
    }
    seen_ = now;
    co_return !resting_until_ || steady >= *resting_until_;
}

Task<Result<SweepReport>> RetentionSweeper::sweep_once() {
    SweepReport report;
    SB_CO_TRY(const bool trusted, co_await trusts_calendar());
    if (!trusted) {
        co_return report;
    }
    const Instant now = with_.clock.now();
    using Store = store::RetentionStore;
    using Sweeper = RetentionSweeper;
    SB_CO_TRY(
        report.results,
        co_await sweep(&Store::list_with_results, &Sweeper::forget_results, now - policy_.results)
    );
    SB_CO_TRY(
        report.logs,
        co_await sweep(&Store::list_with_logs, &Sweeper::forget_log, now - policy_.logs)
    );
    SB_CO_TRY(
        report.records,
        co_await sweep(&Store::list_records, &Sweeper::forget_record, now - policy_.records)
    );
    SB_CO_TRY(report.archives, co_await sweep_archives(now));
    const Instant before = now - store::kIdempotencyLifetime;
    SB_CO_TRY(report.keys, co_await with_.retention.purge_expired(before, kMaxKeysPerPass));
    co_return report;
}

// Of what `list` finds to have ended before `before`.
Task<Result<std::int64_t>> RetentionSweeper::sweep(List list, Forget forget, Instant before) {
    SB_CO_TRY(const auto jobs, co_await (with_.retention.*list)(before, policy_.batch));
    std::int64_t done = 0;
    for (const store::FinishedJob& job : jobs) {
        done += note(job.id.text, co_await (this->*forget)(job));
    }
    co_return done;
}

Task<Result<void>> RetentionSweeper::forget_results(store::FinishedJob job) {
    SB_CO_OK(co_await with_.results.remove_all(job.tenant, job.id));
    co_return co_await with_.jobs.forget_results(std::nullopt, job.id);
}

Task<Result<void>> RetentionSweeper::forget_log(store::FinishedJob job) {
    SB_CO_OK(co_await with_.logs.remove_all(job.tenant, job.id));
    co_return co_await with_.retention.forget_log(job.id);
}

Task<Result<void>> RetentionSweeper::forget_record(store::FinishedJob job) {
    SB_CO_OK(co_await with_.results.remove_all(job.tenant, job.id));
    SB_CO_OK(co_await with_.logs.remove_all(job.tenant, job.id));
    co_return co_await with_.retention.forget_record(job.id);
}

Task<Result<std::int64_t>> RetentionSweeper::sweep_archives(Instant now) {
    const Instant before = now - policy_.young_archive;
    const auto batch = static_cast<std::size_t>(policy_.batch);
    std::int64_t removed = 0;
    for (std::string after;;) {
        SB_CO_TRY(auto old, co_await with_.archives.list_older_than(before, after, batch));
        if (old.empty()) {
            co_return removed;
        }
        after = old.back();
        SB_CO_TRY(const auto garbage, co_await with_.scenarios.find_unreferenced(std::move(old)));
        for (const std::string& sha256 : garbage) {
            removed += note(sha256, co_await with_.archives.remove(sha256, before));
        }
    }
}

}  // namespace signalbox::jobs
