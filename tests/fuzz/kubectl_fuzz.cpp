// Command lines of kubectl, a word each line: what is allowed is a read that shows no Secret, stays
// in its scope, and is written again as words that mean the same.
#include "base/text.hpp"
#include "kubectl/policy.hpp"
#include "tests/fuzz/input.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace signalbox;
using kubectl::Verb;

const kubectl::Circumstances kAnyone{};
const kubectl::Circumstances kTenant{.scope = {.namespaces = {{"team-a"}}}};

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (const std::string_view word : split(text, '\n')) {
        words.emplace_back(word);
    }
    return words;
}

void check_scope(const kubectl::Operation& operation) {
    SB_CHECK(!operation.all_namespaces);
    SB_CHECK(!operation.is_namespaced() || operation.name_space == "team-a");
    for (const kubectl::Target& target : operation.targets) {
        SB_CHECK(target.kind->namespaced || operation.verb == Verb::kExplain);
    }
}

void check_secrets(const kubectl::Operation& operation) {
    const bool secret = std::ranges::any_of(operation.targets, [](const auto& target) {
        return target.kind->is_secret();
    });
    if (secret && operation.verb != Verb::kExplain) {
        SB_CHECK(!operation.output.shows_fields() && operation.verb != Verb::kDescribe);
    }
}

void check_words(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        SB_CHECK(!word.starts_with('-') || word.starts_with("--"));
        SB_CHECK(!word.empty() && !has_control_characters(word));
        for (const char* const never :
             {"--server", "--as", "--token", "--kubeconfig", "--filename"}) {
            SB_CHECK(word.substr(0, word.find('=')) != never);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto words = words_of(fuzz::as_text(data, size));
    const auto& catalog = kubectl::Catalog::built_in();
    for (const auto* const around : {&kAnyone, &kTenant}) {
        const auto judged = kubectl::read_and_judge(words, catalog, *around);
        if (!judged) {
            SB_CHECK(kubectl::rule_of(judged.error()).has_value());
            continue;
        }
        if (around == &kTenant) {
            check_scope(*judged);
        }
        check_secrets(*judged);
        const auto written = kubectl::canonical_argv(*judged);
        check_words(written);
        kubectl::Circumstances of_written = *around;
        of_written.max_words = kubectl::kMaxCanonicalWords;
        const auto again = kubectl::read_and_judge(written, catalog, of_written);
        SB_CHECK(again.has_value());
        SB_CHECK(kubectl::canonical_argv(*again) == written);
    }
    return 0;
}
