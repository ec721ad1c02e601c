// Stores, files and a runner of which a test uses little: what it does not override says that it is
// unused.
//
// Threads: one.  Suspends: never really.  Errors: kNotImplemented.
#pragma once

#include "files/log_files.hpp"
#include "files/result_files.hpp"
#include "files/scenario_files.hpp"
#include "jobs/runner.hpp"
#include "store/job_store.hpp"
#include "store/run_store.hpp"

namespace signalbox::jobs::testing {

template <class T>
Task<Result<T>> unused() {
    co_return fail(Code::kNotImplemented, "UNUSED", "this test does not use that");
}

class UnusedJobStore : public store::JobStore {
public:
    Task<Result<store::Admission>> submit(store::Submission /*submission*/) override {
        return unused<store::Admission>();
    }

    Task<Result<std::optional<store::Admission>>> find_replay(
        TenantId /*tenant*/, store::IdempotencyKey /*key*/, Instant /*now*/
    ) override {
        return unused<std::optional<store::Admission>>();
    }

    Task<Result<model::Job>> get_job(std::optional<TenantId> /*tenant*/, JobId /*id*/) override {
        return unused<model::Job>();
    }

    Task<Result<std::vector<JobId>>> find_ids(
        std::optional<TenantId> /*tenant*/, std::string /*part*/, std::int64_t /*limit*/
    ) override {
        return unused<std::vector<JobId>>();
    }

    Task<Result<store::JobPage>> list_jobs(
        store::JobFilter /*filter*/, store::PageRequest /*request*/, bool /*with_total*/
    ) override {
        return unused<store::JobPage>();
    }

    Task<Result<std::vector<model::StateChange>>> get_history(JobId /*id*/) override {
        return unused<std::vector<model::StateChange>>();
    }

    Task<Result<store::QueuePlace>> get_queue_place(JobId /*id*/) override {
        return unused<store::QueuePlace>();
    }

    Task<Result<model::Job>> request_cancel(
        std::optional<TenantId> /*tenant*/, JobId /*id*/, Instant /*now*/
    ) override {
        return unused<model::Job>();
    }

    Task<Result<model::TenantUsage>> get_usage(TenantId /*tenant*/) override {
        return unused<model::TenantUsage>();
    }

    Task<Result<model::StatusCounts>> count_by_status(std::optional<TenantId> /*tenant*/) override {
        return unused<model::StatusCounts>();
    }

    Task<Result<std::vector<std::pair<Instant, std::int64_t>>>> submissions_per_minute(
        std::int64_t /*minutes*/, Instant /*now*/
    ) override {
        return unused<std::vector<std::pair<Instant, std::int64_t>>>();
    }

    Task<Result<std::optional<Instant>>> oldest_queued() override {
        return unused<std::optional<Instant>>();
    }

    Task<Result<void>> forget_results(std::optional<TenantId> /*tenant*/, JobId /*id*/) override {
        return unused<void>();
    }

    Task<Result<void>> set_pinned(TenantId /*tenant*/, JobId /*id*/, bool /*pinned*/) override {
        return unused<void>();
    }
};

class UnusedRunStore : public store::RunStore {
public:
    Task<Result<store::Epoch>> begin_epoch(std::string /*holder*/, Instant /*now*/) override {
        return unused<store::Epoch>();
    }

    Task<Result<std::vector<JobId>>> promote_queued(
        store::Epoch /*epoch*/, std::int64_t /*max_jobs*/, Instant /*now*/
    ) override {
        return unused<std::vector<JobId>>();
    }

    Task<Result<std::vector<store::ReadyTenant>>> list_ready(Instant /*now*/) override {
        return unused<std::vector<store::ReadyTenant>>();
    }

    Task<Result<std::optional<Instant>>> next_ready_at(Instant /*now*/) override {
        return unused<std::optional<Instant>>();
    }

    Task<Result<std::optional<store::ClaimedAttempt>>> claim_next(
        store::Epoch /*epoch*/, store::Claim /*claim*/
    ) override {
        return unused<std::optional<store::ClaimedAttempt>>();
    }

    Task<Result<std::vector<store::OpenAttempt>>> list_open_attempts() override {
        return unused<std::vector<store::OpenAttempt>>();
    }

    Task<Result<store::AttemptView>> find_attempt(std::string /*token_hash*/) override {
        return unused<store::AttemptView>();
    }

    Task<Result<bool>> record_beat(store::Beat /*beat*/) override { return unused<bool>(); }

    Task<Result<store::OutcomeReceipt>> record_outcome(store::Outcome /*outcome*/) override {
        return unused<store::OutcomeReceipt>();
    }

    Task<Result<store::OutcomeReceipt>> record_lost(
        store::Epoch /*epoch*/, store::Outcome /*outcome*/
    ) override {
        return unused<store::OutcomeReceipt>();
    }
};

class UnusedRunner : public Runner {
public:
    Task<Result<void>> start(StartRequest /*request*/) override { return unused<void>(); }

    Task<Result<void>> nudge(AttemptId /*attempt*/) override { return unused<void>(); }

    Task<Result<Presence>> observe(AttemptId /*attempt*/) override { return unused<Presence>(); }

    Task<Result<void>> redeliver(AttemptId /*attempt*/) override { return unused<void>(); }

    Task<Result<void>> clean_up(AttemptId /*attempt*/) override { return unused<void>(); }

    Task<Result<std::vector<AttemptId>>> list_leftovers() override {
        return unused<std::vector<AttemptId>>();
    }

    Task<std::string> find_obstacle() override { co_return ""; }

    [[nodiscard]] std::int64_t slots() const override { return 1; }

    [[nodiscard]] std::string where() const override { return "here"; }
};

class UnusedResultFiles : public files::ResultFiles {
public:
    Task<Result<std::unique_ptr<files::ResultWriter>>> create(
        files::ResultPlace /*place*/, std::string /*path*/
    ) override {
        return unused<std::unique_ptr<files::ResultWriter>>();
    }

    Task<Result<void>> seal(
        files::ResultPlace /*place*/, std::vector<model::ResultFile> /*manifest*/
    ) override {
        return unused<void>();
    }

    Task<Result<files::OpenFile>> open(files::ResultPlace /*place*/, std::string /*path*/)
        override {
        return unused<files::OpenFile>();
    }

    Task<Result<void>> remove_all(TenantId /*tenant*/, JobId /*job*/) override {
        return unused<void>();
    }

    [[nodiscard]] std::string location(const files::ResultPlace& /*place*/) const override {
        return "nowhere";
    }
};

class UnusedLogFiles : public files::LogFiles {
public:
    Task<Result<std::uint64_t>> append(
        files::ResultPlace /*place*/, std::uint64_t /*offset*/, std::string /*bytes*/
    ) override {
        return unused<std::uint64_t>();
    }

    Task<Result<files::LogChunk>> read(
        files::ResultPlace /*place*/, std::uint64_t /*offset*/, std::size_t /*max_bytes*/
    ) override {
        return unused<files::LogChunk>();
    }

    Task<Result<std::uint64_t>> find_tail(files::ResultPlace /*place*/, std::int64_t /*lines*/)
        override {
        return unused<std::uint64_t>();
    }

    Task<Result<void>> sync(files::ResultPlace /*place*/) override { return unused<void>(); }

    Task<Result<void>> remove_all(TenantId /*tenant*/, JobId /*job*/) override {
        return unused<void>();
    }
};

class UnusedScenarioFiles : public files::ScenarioFiles {
public:
    Task<Result<void>> adopt(std::filesystem::path /*spooled*/, model::ScenarioRef /*ref*/)
        override {
        return unused<void>();
    }

    Task<Result<files::OpenFile>> open(std::string /*sha256*/) override {
        return unused<files::OpenFile>();
    }

    Task<Result<void>> touch(std::string /*sha256*/) override { return unused<void>(); }

    Task<Result<std::vector<std::string>>> list_older_than(
        Instant /*before*/, std::string /*after*/, std::size_t /*limit*/
    ) override {
        return unused<std::vector<std::string>>();
    }

    Task<Result<void>> remove(std::string /*sha256*/, Instant /*before*/) override {
        return unused<void>();
    }
};

}  // namespace signalbox::jobs::testing
