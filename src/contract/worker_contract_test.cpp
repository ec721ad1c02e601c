#include "contract/worker_contract.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace signalbox::contract {
namespace {

const std::string kHash(64, 'a');

AttemptDescription a_description() {
    return {
        .job_id = "01890000-0000-7000-8000-000000000001",
        .attempt = 2,
        .config_file = "sub/run.sumocfg",
        .sumo_version = "1.15.0",
        .seed = 42,
        .end = {},
        .args = {"--step-length", "0.5"},
        .limits = {.wall_seconds = 1, .memory_bytes = 2, .output_bytes = 3, .log_bytes = 4},
        .scenario = {.sha256 = kHash, .size_bytes = 5, .url = {}},
    };
}

model::Verdict a_verdict() {
    model::Verdict verdict;
    verdict.reason = model::Reason::kScenarioError;
    verdict.error = "Error: no edge 'x'\nQuitting (on error).";
    verdict.figures.vehicles.loaded = 3;
    verdict.usage = {.cpu_seconds = 1.5, .rss_bytes = 1, .peak_rss_bytes = 2, .output_bytes = 3};
    verdict.files = {{.path = "out/a.xml", .size_bytes = 7, .sha256 = kHash}};
    verdict.sumo = {
        .version = "1.15.0", .exit_code = 1, .signal = {}, .end_time = 12.5, .end_reason = "r"
    };
    return verdict;
}

std::string verdict_with(const std::string& what, const std::string& instead) {
    std::string text = encode(a_verdict());
    text.replace(text.find(what), what.size(), instead);
    return text;
}

TEST(AttemptDescription, IsExactlyTheContracts) {
    EXPECT_EQ(
        encode(a_description()),
        R"({"job_id":"01890000-0000-7000-8000-000000000001","attempt":2,)"
        R"("config_file":"sub/run.sumocfg","sumo_version":"1.15.0","seed":42,"end":null,)"
        R"("args":["--step-length","0.5"],"limits":{"wall_seconds":1,"memory_bytes":2,)"
        R"("output_bytes":3,"log_bytes":4},"scenario":{"sha256":")" +
            kHash + R"(","size":5}})"
    );
    EXPECT_EQ(decode_attempt_description(encode(a_description())).value(), a_description());
}

TEST(AttemptDescription, IsCheckedByTheWorker) {
    AttemptDescription odd = a_description();
    odd.config_file = "../run.sumocfg";
    EXPECT_FALSE(decode_attempt_description(encode(odd)));
    odd = a_description();
    odd.scenario.sha256 = "abc";
    EXPECT_FALSE(decode_attempt_description(encode(odd)));
    odd = a_description();
    odd.job_id = "1";
    EXPECT_FALSE(decode_attempt_description(encode(odd)));
    EXPECT_EQ(
        decode_attempt_description(R"({"job_id":"a"})").error().fields().at(0).location,
        "body.attempt"
    );
}

TEST(Beat, ComesBackAsItWent) {
    BeatRequest beat{.phase = WorkerPhase::kRunning};
    beat.progress = {.simulated_seconds = 10, .end_seconds = 100, .begin_seconds = 0};
    beat.figures.vehicles.running = 7;
    beat.usage = {.cpu_seconds = 1, .rss_bytes = 2, .peak_rss_bytes = 3, .output_bytes = 4};
    EXPECT_EQ(decode_beat_request(encode(beat)).value(), beat);
    EXPECT_TRUE(encode(beat).starts_with(R"({"phase":"running")"));
    EXPECT_TRUE(decode_beat_request(R"({"phase":"fetching"})"));
}

TEST(Beat, IsRefusedWhenItIsNotOne) {
    EXPECT_FALSE(decode_beat_request(R"({"phase":"dancing"})"));
    EXPECT_FALSE(decode_beat_request("{}"));
    EXPECT_FALSE(decode_beat_request(R"({"phase":"running","usage":{"rss_bytes":-1}})"));
    EXPECT_FALSE(decode_beat_request(R"({"phase":"running","figures":[]})"));
    EXPECT_EQ(
        decode_beat_request(std::string(kMaxBeatBytes + 1, ' ')).error().code(), Code::kTooLarge
    );
}

TEST(BeatAnswer, SaysContinueOrStop) {
    EXPECT_EQ(encode(BeatAnswer{}), R"({"action":"continue","reason":null})");
    const BeatAnswer stop{.stop = true, .reason = model::Reason::kTimedOut};
    EXPECT_EQ(encode(stop), R"({"action":"stop","reason":"TIMED_OUT"})");
    EXPECT_EQ(decode_beat_answer(encode(stop)).value(), stop);
    EXPECT_FALSE(decode_beat_answer(R"({"action":"perhaps"})"));
}

TEST(LogAnswer, NamesTheNextOrTheExpectedOffset) {
    const LogAnswer next{.next = 12, .expected = {}};
    EXPECT_EQ(encode(next), R"({"next":12})");
    EXPECT_EQ(encode(LogAnswer{.next = {}, .expected = 5}), R"({"expected":5})");
    EXPECT_EQ(decode_log_answer(encode(next)).value(), next);
    EXPECT_FALSE(decode_log_answer(R"({"next":-1})"));
}

TEST(Verdict, ComesBackAsItWent) {
    const auto json = boost::json::parse(encode(a_verdict()));
    EXPECT_EQ(json.at("outcome").as_string(), "FAILED");
    EXPECT_EQ(json.at("reason").as_string(), "SCENARIO_ERROR");
    EXPECT_EQ(json.at("sumo").at("exit").as_int64(), 1);
    EXPECT_EQ(decode_verdict(encode(a_verdict())).value(), a_verdict());
}

TEST(Verdict, TrustsNothing) {
    EXPECT_FALSE(decode_verdict(verdict_with("\"FAILED\"", "\"SUCCEEDED\"")));
    EXPECT_FALSE(decode_verdict(verdict_with("SCENARIO_ERROR", "WHATEVER")));
    EXPECT_FALSE(decode_verdict(verdict_with("\"SCENARIO_ERROR\"", "null")));
    EXPECT_FALSE(decode_verdict(verdict_with("out/a.xml", "../a.xml")));
    EXPECT_FALSE(decode_verdict(verdict_with("out/a.xml", "/a.xml")));
    EXPECT_FALSE(decode_verdict(verdict_with(kHash, "A" + kHash.substr(1))));
    EXPECT_FALSE(decode_verdict(verdict_with("\"size\":7", "\"size\":-7")));
    EXPECT_FALSE(decode_verdict(verdict_with("\"cpu_seconds\":1.5", "\"cpu_seconds\":-1")));
    EXPECT_FALSE(decode_verdict(verdict_with("no edge", "\\u001b[2J")));
    EXPECT_FALSE(decode_verdict("[]"));
    model::Verdict twice = a_verdict();
    twice.files.push_back(twice.files.front());
    EXPECT_FALSE(decode_verdict(encode(twice)));
}

TEST(Verdict, WhatIsSentIsAlwaysFitToBeTaken) {
    model::Verdict verdict = a_verdict();
    verdict.error = "\x1b[31m" + std::string(5000, 'x') + "ä\xff";
    verdict.sumo.end_reason = std::string(500, '\x01');
    const auto read = decode_verdict(encode(verdict));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_LE(read->error.size(), kMaxVerdictErrorBytes);
    EXPECT_TRUE(read->error.ends_with("…"));
    EXPECT_TRUE(read->error.starts_with(" [31m"));
}

TEST(ResultPath, StaysBelowTheResults) {
    EXPECT_TRUE(is_result_path("a.xml"));
    EXPECT_TRUE(is_result_path("sub dir/ä.xml"));
    for (const std::string path :
         {"", "/a", "a/", "a//b", "./a", "a/../b", "..", "a\\b", "a\nb", "a\xff"}) {
        EXPECT_FALSE(is_result_path(path)) << path;
    }
    EXPECT_FALSE(is_result_path(std::string(kMaxResultPathBytes + 1, 'a')));
}

}  // namespace
}  // namespace signalbox::contract
