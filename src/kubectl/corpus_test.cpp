// Every line of testing/corpus.txt: words, who asks, and the verdict they must get.
#include "base/fs.hpp"
#include "base/text.hpp"
#include "kubectl/policy.hpp"

#include <gtest/gtest.h>

#include <set>

namespace signalbox::kubectl {
namespace {

struct Case {
    std::string line;
    std::string expected;  ///< `allow`, or a rule
    Scope scope;
    std::vector<std::string> words;
    std::string canonical;  ///< empty: any
};

std::string unescape(std::string_view text, std::size_t& at) {
    const char c = text[++at];
    if (c == 'n') {
        return "\n";
    }
    if (c == 'x') {
        const std::string digits(text.substr(at + 1, 2));
        at += 2;
        return {static_cast<char>(std::stoi(digits, nullptr, 16))};
    }
    return {c};
}

// Single quotes keep spaces together.
std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    bool quoted = false;
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\'') {
            quoted = !quoted;
        } else if (c == ' ' && !quoted) {
            inside = false;
            continue;
        }
        if (!inside) {
            words.emplace_back();
            inside = true;
        }
        if (c == '\\' && quoted) {
            words.back() += unescape(text, i);
        } else if (c != '\'') {
            words.back() += c;
        }
    }
    return words;
}

Scope scope_of(std::string_view text) {
    Scope scope;
    if (text != "-") {
        scope.namespaces.emplace();
        if (text != "none") {
            for (const std::string_view name : split(text, ',')) {
                scope.namespaces->emplace_back(name);
            }
        }
    }
    return scope;
}

std::vector<std::string_view> split_fields(std::string_view line) {
    constexpr std::string_view kBetween = " | ";
    std::vector<std::string_view> fields;
    for (;;) {
        const std::size_t at = line.find(kBetween);
        fields.push_back(line.substr(0, at));
        if (at == std::string_view::npos) {
            return fields;
        }
        line.remove_prefix(at + kBetween.size());
    }
}

std::vector<Case> read_corpus() {
    const std::string text = read_file(SIGNALBOX_KUBECTL_CORPUS).value();
    std::vector<Case> cases;
    for (const std::string_view line : split(text, '\n')) {
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        const auto fields = split_fields(line);
        EXPECT_GE(fields.size(), 3U) << line;
        cases.push_back(
            {.line = std::string(line),
             .expected = std::string(fields.at(0)),
             .scope = scope_of(fields.at(1)),
             .words = split_words(fields.at(2)),
             .canonical = fields.size() > 3 ? std::string(fields[3]) : ""}
        );
    }
    return cases;
}

TEST(Corpus, EveryLineGetsItsVerdict) {
    const auto cases = read_corpus();
    ASSERT_GE(cases.size(), 300U);
    std::set<std::string> rules;
    for (const Case& one : cases) {
        SCOPED_TRACE(one.line);
        const auto judged = read_and_judge(one.words, Catalog::built_in(), {.scope = one.scope});
        const std::string verdict =
            judged ? "allow" : rule_of(judged.error()).value_or(judged.error().message());
        EXPECT_EQ(verdict, one.expected) << (judged ? "" : judged.error().message());
        rules.insert(one.expected);
        if (judged && !one.canonical.empty()) {
            EXPECT_EQ(join(canonical_argv(*judged), " "), one.canonical);
        }
    }
    EXPECT_EQ(rules.size(), 16U) << "a rule has no line";
}

// What is run is read again, by kubectl or the executor: it must mean the same.
TEST(Corpus, CanonicalWordsAreTheirOwnCanonicalWords) {
    for (const Case& one : read_corpus()) {
        SCOPED_TRACE(one.line);
        const Circumstances around{.scope = one.scope};
        const auto judged = read_and_judge(one.words, Catalog::built_in(), around);
        if (!judged) {
            continue;
        }
        const auto words = canonical_argv(*judged);
        const auto again = read_and_judge(
            words, Catalog::built_in(), {.scope = one.scope, .max_words = kMaxCanonicalWords}
        );
        ASSERT_TRUE(again) << again.error().message();
        EXPECT_EQ(canonical_argv(*again), words);
    }
}

}  // namespace
}  // namespace signalbox::kubectl
