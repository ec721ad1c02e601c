#include "store/suite/store_suite.hpp"

#include "base/hash.hpp"

namespace signalbox::store {

TenantId StoreSuite::add_tenant(const std::string& name, model::TenantLimits limits) {
    const TenantId id{name};
    NewKey key;
    key.key.id.text = ids.next();
    key.key.name = name;
    key.key.role = model::Role::kTenant;
    key.key.tenant = id;
    key.key.created_at = clock.now();
    key.hash = sha256_hex(key.key.id.text);
    model::Tenant tenant{.id = id, .limits = limits, .s3_prefixes = {}, .created_at = clock.now()};
    get(store->tenants().add_tenant(std::move(tenant), std::move(key)));
    return id;
}

Submission StoreSuite::submission(const TenantId& tenant, model::OnLimit on_limit) {
    Submission submission;
    submission.id.text = ids.next();
    submission.tenant = tenant;
    submission.spec.scenario_id = "district";
    submission.spec.scenario = {.sha256 = std::string(64, 'a'), .size_bytes = 1000};
    submission.spec.config_file = "district.sumocfg";
    submission.spec.sumo_version = "1.15.0";
    submission.on_limit = on_limit;
    submission.now = clock.now();
    return submission;
}

JobId StoreSuite::submit(const TenantId& tenant, model::OnLimit on_limit) {
    return submit(submission(tenant, on_limit));
}

JobId StoreSuite::submit(Submission submission) {
    return get(store->jobs().submit(std::move(submission))).id;
}

Epoch StoreSuite::epoch() {
    if (!epoch_) {
        epoch_ = get(store->runs().begin_epoch("test", clock.now()));
    }
    return *epoch_;
}

std::optional<ClaimedAttempt> StoreSuite::try_claim(const TenantId& tenant) {
    const Claim claim{
        .tenant = tenant, .token_hash = sha256_hex(ids.next()), .where = "local", .now = clock.now()
    };
    return get(store->runs().claim_next(epoch(), claim));
}

ClaimedAttempt StoreSuite::claim(const TenantId& tenant) {
    auto claimed = try_claim(tenant);
    if (!claimed) {
        throw std::runtime_error("nothing is ready of " + tenant.text);
    }
    return *std::move(claimed);
}

bool StoreSuite::beat(const AttemptId& attempt, RunPhase phase) {
    Beat beat;
    beat.attempt = attempt;
    beat.phase = phase;
    beat.progress.simulated_seconds = 12.5;
    beat.figures.vehicles.loaded = 7;
    beat.usage.rss_bytes = 1000;
    beat.now = clock.now();
    return get(store->runs().record_beat(std::move(beat)));
}

Outcome StoreSuite::outcome(const AttemptId& attempt, model::Reason reason) {
    Outcome outcome;
    outcome.attempt = attempt;
    outcome.verdict.reason = reason;
    outcome.verdict.error = reason == model::Reason::kCompleted ? "" : "it went wrong";
    outcome.verdict_hash = std::string(to_word(reason));
    outcome.now = clock.now();
    return outcome;
}

OutcomeReceipt StoreSuite::finish(const AttemptId& attempt, model::Reason reason) {
    return get(store->runs().record_outcome(outcome(attempt, reason)));
}

model::Job StoreSuite::job(const JobId& id) {
    return get(store->jobs().get_job(std::nullopt, id));
}

std::vector<JobId> StoreSuite::promote(std::int64_t max_jobs) {
    return get(store->runs().promote_queued(epoch(), max_jobs, clock.now()));
}

std::vector<std::string> StoreSuite::history_words(const JobId& id) {
    std::vector<std::string> words;
    for (const model::StateChange& change : get(store->jobs().get_history(id))) {
        std::string word(to_word(change.status));
        word += change.reason.empty() ? "" : ":" + change.reason;
        word += change.attempt ? "/" + std::to_string(*change.attempt) : "";
        words.push_back(std::move(word));
    }
    return words;
}

}  // namespace signalbox::store
