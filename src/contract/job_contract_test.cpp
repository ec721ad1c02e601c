#include "contract/job_contract.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <set>

namespace signalbox::contract {
namespace {

constexpr Instant kNow{std::chrono::days(20'000)};

model::Figures some_figures() {
    model::Figures figures;
    figures.vehicles = {.loaded = 10, .inserted = 9, .running = 1, .waiting = 0, .arrived = 8};
    figures.trips.time_loss = 156.6;
    figures.emissions = model::Emissions{.co2 = 1.5};
    figures.cost.peak_memory_bytes = 47'000'000;
    return figures;
}

model::Job a_job() {
    model::Job job;
    job.id = JobId{"01890000-0000-7000-8000-000000000001"};
    job.tenant = TenantId{"t"};
    job.spec.scenario_id = "morning";
    job.spec.config_file = "run.sumocfg";
    job.spec.sumo_version = "1.15.0";
    job.spec.seed = 42;
    job.spec.args = {"--step-length", "0.5"};
    job.spec.warnings = {{.file = "a", .line = 1, .code = "ODD", .message = "m", .hint = "h"}};
    job.spec.retry_of = JobId{"01890000-0000-7000-8000-000000000000"};
    job.status = model::JobStatus::kSucceeded;
    job.reason = model::Reason::kCompleted;
    job.submitted_at = kNow;
    job.started_at = kNow + std::chrono::seconds(1);
    job.finished_at = kNow + std::chrono::seconds(2);
    job.progress.simulated_seconds = 900;
    job.progress.end_seconds = 3600;
    job.figures = some_figures();
    job.attempt = 1;
    job.files = {{.path = "out/tripinfo.xml", .size_bytes = 5, .sha256 = std::string(64, 'a')}};
    job.attempts = {{.n = 1, .reason = model::Reason::kCompleted, .where = "local"}};
    return job;
}

std::set<std::string> keys_of(const boost::json::value& value) {
    std::set<std::string> keys;
    for (const auto& [name, unused] : value.as_object()) {
        keys.insert(name);
    }
    return keys;
}

TEST(JobView, HasTheFieldsOfTheContract) {
    const auto json = boost::json::parse(encode(make_job_view(a_job(), "/data/x")));
    const auto keys = keys_of(json);
    for (const char* name :
         {"job_id",      "tenant_id",    "scenario_id",     "status",       "reason",
          "error",       "submitted_at", "started_at",      "finished_at",  "completed_at",
          "cpu_request", "memory_gi",    "progress",        "kpis",         "attempts",
          "config_file", "seed",         "result_location", "result_files", "cancel_requested",
          "retry_of"}) {
        EXPECT_TRUE(keys.contains(name)) << name;
    }
    EXPECT_EQ(json.at("status").as_string(), "SUCCEEDED");
    EXPECT_TRUE(json.at("error").is_null());
    EXPECT_EQ(json.at("completed_at"), json.at("finished_at"));
    EXPECT_EQ(json.at("result_files"), boost::json::parse(R"({"out/tripinfo.xml":5})"));
    EXPECT_EQ(
        keys_of(json.at("progress")),
        (std::set<std::string>{
            "simulated_seconds",
            "end_seconds",
            "percent",
            "running",
            "halting",
            "real_time_factor",
            "eta_seconds"
        })
    );
    const auto attempt = keys_of(json.at("attempts").as_array().at(0));
    for (const char* name : {"n", "reason", "started_at", "finished_at", "where", "sumo_version"}) {
        EXPECT_TRUE(attempt.contains(name)) << name;
    }
}

TEST(JobView, ComesBackAsItWent) {
    const JobView view = make_job_view(a_job(), "/data/x");
    EXPECT_EQ(decode_job_view(encode(view)).value(), view);
    EXPECT_EQ(encode(decode_job_view(encode(view)).value()), encode(view));
}

TEST(JobView, AListItemIsTheDetailWithoutFiguresAndAttempts) {
    const JobView view = make_job_view(a_job(), "");
    auto detail = keys_of(boost::json::parse(encode(view)));
    const auto item = keys_of(boost::json::parse(encode_list_item(view)));
    detail.erase("kpis");
    detail.erase("attempts");
    EXPECT_EQ(item, detail);
}

TEST(JobView, AStateEventIsTheDetailWithoutProgressAndFigures) {
    const JobView view = make_job_view(a_job(), "");
    auto detail = keys_of(boost::json::parse(encode(view)));
    const auto state = keys_of(boost::json::parse(encode_state(view)));
    detail.erase("kpis");
    detail.erase("progress");
    EXPECT_EQ(state, detail);
    EXPECT_FALSE(encode_state(view).contains('\n'));
}

TEST(JobView, OfANewJobHasNullsForWhatIsUnknown) {
    model::Job job;
    job.id = JobId{"j"};
    const auto json = boost::json::parse(encode(make_job_view(job, "")));
    for (const char* name :
         {"reason", "error", "started_at", "finished_at", "seed", "retry_of", "result_location"}) {
        EXPECT_TRUE(json.at(name).is_null()) << name;
    }
    EXPECT_EQ(json.at("kpis").at("schema").as_int64(), 1);
    EXPECT_TRUE(json.at("kpis").at("vehicles").at("loaded").is_null());
    EXPECT_EQ(decode_job_view(encode(make_job_view(job, ""))).value().kpis, std::nullopt);
}

TEST(JobView, AnswersOfANewerServerAreReadAndWrongOnesNamed) {
    EXPECT_TRUE(decode_job_view(R"({"job_id":"a","status":"RUNNING","new_field":[{}]})"));
    const auto odd = decode_job_view(R"({"job_id":"a","status":"RUNNING","attempts":[{"n":"x"}]})");
    ASSERT_FALSE(odd);
    EXPECT_EQ(odd.error().fields().at(0).location, "body.attempts.0.n");
    EXPECT_EQ(decode_job_view("<html>").error().code(), Code::kInvalid);
    EXPECT_EQ(decode_job_view("{}").error().fields().at(0).location, "body.job_id");
}

TEST(Figures, AreWrittenInTheNamesOfSumo) {
    const auto json = boost::json::parse(encode(some_figures()));
    EXPECT_EQ(
        keys_of(json),
        (std::set<std::string>{
            "schema",
            "vehicles",
            "teleports",
            "safety",
            "vehicleTripStatistics",
            "persons",
            "emissions",
            "cost"
        })
    );
    EXPECT_EQ(
        json.at("vehicles"),
        boost::json::parse(R"({"loaded":10,"inserted":9,"running":1,"waiting":0,"arrived":8})")
    );
    EXPECT_EQ(
        keys_of(json.at("vehicleTripStatistics")),
        (std::set<std::string>{
            "count",
            "routeLength",
            "speed",
            "duration",
            "waitingTime",
            "timeLoss",
            "departDelay",
            "departDelayWaiting",
            "totalTravelTime",
            "totalDepartDelay"
        })
    );
    EXPECT_EQ(
        keys_of(json.at("cost")),
        (std::set<std::string>{
            "cpuSeconds", "wallSeconds", "peakMemoryBytes", "simulatedSeconds", "realTimeFactor"
        })
    );
    EXPECT_EQ(
        keys_of(json.at("teleports")), (std::set<std::string>{"total", "jam", "yield", "wrongLane"})
    );
    EXPECT_EQ(
        keys_of(json.at("safety")),
        (std::set<std::string>{"collisions", "emergencyStops", "emergencyBraking"})
    );
    EXPECT_TRUE(json.at("persons").is_null());
    EXPECT_EQ(json.at("emissions").at("CO2").as_double(), 1.5);
    EXPECT_EQ(decode_figures(encode(some_figures())).value(), some_figures());
}

TEST(Progress, KnowsShareAndRestOnlyWithAKnownEnd) {
    model::Progress progress{.simulated_seconds = 1900, .begin_seconds = 1000};
    EXPECT_EQ(make_progress_view(progress, model::JobStatus::kRunning).percent, std::nullopt);
    progress.end_seconds = 4600;
    progress.real_time_factor = 100;
    const ProgressView view = make_progress_view(progress, model::JobStatus::kRunning);
    EXPECT_EQ(view.percent, 25);
    EXPECT_EQ(view.eta_seconds, 27);
    EXPECT_EQ(make_progress_view(progress, model::JobStatus::kSucceeded).eta_seconds, std::nullopt);
    progress.simulated_seconds = 5000;
    EXPECT_EQ(make_progress_view(progress, model::JobStatus::kRunning).percent, 100);
    EXPECT_EQ(decode_progress_view(encode(view)).value(), view);
}

TEST(JobsPage, HoldsListItemsAndTheNextCursor) {
    JobsPage page{.jobs = {make_job_view(a_job(), "")}, .next_cursor = "abc", .total = 7};
    const auto json = boost::json::parse(encode(page));
    EXPECT_FALSE(json.at("jobs").as_array().at(0).as_object().contains("kpis"));
    EXPECT_EQ(json.at("total").as_int64(), 7);
    page.jobs.at(0).kpis.reset();
    page.jobs.at(0).attempts.clear();
    EXPECT_EQ(decode_jobs_page(encode(page)).value(), page);
    EXPECT_EQ(encode(JobsPage{}), R"({"jobs":[],"next_cursor":null})");
}

TEST(SubmitAnswer, IsExactlyTheContracts) {
    const SubmitAnswer answer{.job_id = "j", .config_file = "a.sumocfg"};
    EXPECT_EQ(
        encode(answer),
        R"({"job_id":"j","status":"PENDING","config_file":"a.sumocfg","warnings":[]})"
    );
    EXPECT_EQ(decode_submit_answer(encode(answer)).value(), answer);
}

}  // namespace
}  // namespace signalbox::contract
