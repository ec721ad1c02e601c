// The real stores on SQLite as the simulated servers use them, each call with a turn before and
// behind it: a server can die before its transaction, and behind it without having heard of it.
//
// Threads: one.  Suspends: everything.  Errors: of the stores.
#pragma once

#include "jobs/testing/unused.hpp"
#include "tests/simulation/turns.hpp"

#include <cstdint>
#include <utility>

namespace signalbox::simulation {

/// What a call needs besides the store it goes to.
struct Wire {
    Turns& turns;
    const Process& process;
    std::int64_t& writes;  ///< counted, so that what follows from rows is checked when they change
};

template <class T>
Task<Result<T>> read(Wire wire, Task<Result<T>> call) {
    co_await wire.turns.take(wire.process);
    Result<T> outcome = co_await std::move(call);
    co_await wire.turns.take(wire.process);
    co_return outcome;
}

template <class T>
Task<Result<T>> write(Wire wire, Task<Result<T>> call) {
    co_await wire.turns.take(wire.process);
    Result<T> outcome = co_await std::move(call);
    wire.writes += outcome ? 1 : 0;
    co_await wire.turns.take(wire.process);
    co_return outcome;
}

class SteppedJobStore final : public jobs::testing::UnusedJobStore {
public:
    SteppedJobStore(store::JobStore& store, Wire wire) : store_(store), wire_(wire) {}

    Task<Result<store::Admission>> submit(store::Submission submission) override {
        return write(wire_, store_.submit(std::move(submission)));
    }

    Task<Result<std::optional<store::Admission>>> find_replay(
        TenantId tenant, store::IdempotencyKey key, Instant now
    ) override {
        return read(wire_, store_.find_replay(std::move(tenant), std::move(key), now));
    }

    Task<Result<model::Job>> get_job(std::optional<TenantId> tenant, JobId id) override {
        return read(wire_, store_.get_job(std::move(tenant), std::move(id)));
    }

    Task<Result<model::Job>> request_cancel(std::optional<TenantId> tenant, JobId id, Instant now)
        override {
        return write(wire_, store_.request_cancel(std::move(tenant), std::move(id), now));
    }

    Task<Result<model::TenantUsage>> get_usage(TenantId tenant) override {
        return read(wire_, store_.get_usage(std::move(tenant)));
    }

private:
    store::JobStore& store_;
    Wire wire_;
};

class SteppedRunStore final : public jobs::testing::UnusedRunStore {
public:
    SteppedRunStore(store::RunStore& store, Wire wire) : store_(store), wire_(wire) {}

    Task<Result<std::vector<JobId>>> promote_queued(
        store::Epoch epoch, std::int64_t max_jobs, Instant now
    ) override {
        return write(wire_, store_.promote_queued(epoch, max_jobs, now));
    }

    Task<Result<std::vector<store::ReadyTenant>>> list_ready(Instant now) override {
        return read(wire_, store_.list_ready(now));
    }

    Task<Result<std::optional<store::ClaimedAttempt>>> claim_next(
        store::Epoch epoch, store::Claim claim
    ) override {
        return write(wire_, store_.claim_next(epoch, std::move(claim)));
    }

    Task<Result<std::vector<store::OpenAttempt>>> list_open_attempts() override {
        return read(wire_, store_.list_open_attempts());
    }

    Task<Result<store::AttemptView>> find_attempt(std::string token_hash) override {
        return read(wire_, store_.find_attempt(std::move(token_hash)));
    }

    Task<Result<bool>> record_beat(store::Beat beat) override {
        return write(wire_, store_.record_beat(std::move(beat)));
    }

    Task<Result<store::OutcomeReceipt>> record_outcome(store::Outcome outcome) override {
        return write(wire_, store_.record_outcome(std::move(outcome)));
    }

    Task<Result<store::OutcomeReceipt>> record_lost(store::Epoch epoch, store::Outcome outcome)
        override {
        return write(wire_, store_.record_lost(epoch, std::move(outcome)));
    }

private:
    store::RunStore& store_;
    Wire wire_;
};

}  // namespace signalbox::simulation
