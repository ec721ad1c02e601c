#include "kubectl/argv.hpp"

#include <gtest/gtest.h>

namespace signalbox::kubectl {
namespace {

using Strings = std::vector<std::string>;

// The command line as one text: verb, words, flags; or the rule it breaks.
std::string read(const Strings& words) {
    const auto argv = parse_argv(words);
    if (!argv) {
        return rule_of(argv.error()).value_or("no refusal");
    }
    std::string text(to_words(argv->verb));
    for (const std::string& word : argv->words) {
        text += " " + word;
    }
    for (const SetFlag& set : argv->flags) {
        text += " --" + std::string(set.flag->name) + "=" + set.value;
    }
    return text;
}

TEST(Argv, ReadsFlagsInAnySpelling) {
    const std::string same = "get pods --namespace=foo --output=json";
    EXPECT_EQ(read({"get", "pods", "-n", "foo", "-o", "json"}), same);
    EXPECT_EQ(read({"get", "-nfoo", "-ojson", "pods"}), same);
    EXPECT_EQ(read({"get", "-n=foo", "-o=json", "pods"}), same);
    EXPECT_EQ(read({"get", "--namespace=foo", "pods", "--output", "json"}), same);
    EXPECT_EQ(read({"-n", "foo", "get", "pods", "-o", "json"}), same);
    EXPECT_EQ(read({"get", "pods", "-Aojson"}), "get pods --all-namespaces=true --output=json");
    EXPECT_EQ(read({"get", "pods", "--all_namespaces"}), "get pods --all-namespaces=true");
    EXPECT_EQ(read({"get", "pods", "-A=f"}), "get pods --all-namespaces=false");
    EXPECT_EQ(read({"get", "pods", "-L", "a", "-Lb,c"}), "get pods --label-columns=a,b,c");
}

TEST(Argv, AValueIsTheNextWordWhateverItLooksLike) {
    EXPECT_EQ(read({"get", "pods", "-n", "--context"}), "get pods --namespace=--context");
    EXPECT_EQ(read({"get", "pods", "-l", "-A"}), "get pods --selector=-A");
    EXPECT_EQ(read({"get", "pods", "-o"}), "malformed");
}

TEST(Argv, FindsTheCommandBehindFlagsAsCobraDoes) {
    EXPECT_EQ(read({"-o", "json", "get", "pods"}), "get pods --output=json");
    EXPECT_EQ(read({"-A", "get", "pods"}), "unknown_verb") << "-A takes get for its value";
    EXPECT_EQ(read({"rollout", "--revision", "3", "undo", "deploy/a"}), "not_a_read");
    EXPECT_EQ(read({"rollout", "-w=true", "restart", "deploy/a"}), "not_a_read");
    EXPECT_EQ(
        read({"rollout", "-n", "a", "status", "deploy/a"}), "rollout status deploy/a --namespace=a"
    );
    EXPECT_EQ(read({"top", "po"}), "top pod");
    EXPECT_EQ(read({"top"}), "unknown_verb");
    EXPECT_EQ(read({"cluster-info"}), "cluster-info");
    EXPECT_EQ(read({"cluster-info", "dump"}), "unbounded");
    EXPECT_EQ(read({}), "unknown_verb");
    EXPECT_EQ(read({"--", "get", "pods"}), "unknown_verb");
}

TEST(Argv, WordsBehindTwoDashesAreNoFlags) {
    const auto argv = parse_argv(Strings{"get", "pods", "--", "-A", "--context=x"});
    ASSERT_TRUE(argv);
    EXPECT_EQ(argv->words, (Strings{"pods", "-A", "--context=x"}));
    EXPECT_TRUE(argv->flags.empty());
}

TEST(Argv, RefusesWithTheRule) {
    EXPECT_EQ(read({"delete", "pod", "a"}), "not_a_read");
    EXPECT_EQ(read({"Get", "pods"}), "unknown_verb");
    EXPECT_EQ(read({"get", "pods", "--all"}), "unknown_flag") << "flags have no abbreviations";
    EXPECT_EQ(read({"get", "pods", "-As", "https://x"}), "redirect");
    EXPECT_EQ(read({"get", "pods", "--as=root"}), "redirect");
    EXPECT_EQ(read({"get", "-f", "/etc/passwd"}), "file_access");
    EXPECT_EQ(read({"logs", "a", "-f"}), "logs a --follow=true");
    EXPECT_EQ(read({"get", "--raw", "/api"}), "forbidden_flag");
    EXPECT_EQ(read({"get", "pods", "-n", "a", "--namespace=b"}), "conflicting_flags");
    EXPECT_EQ(read({"get", "pods", "-n", "a", "--namespace=a"}), "get pods --namespace=a");
    EXPECT_EQ(read({"get", "pods", "-A=maybe"}), "malformed");
    EXPECT_EQ(read({"get", "pods", "---n"}), "malformed");
    EXPECT_EQ(read({"get", "pods", "-n", "a\nb"}), "malformed");
    EXPECT_EQ(read({"logs", "a", "--tail=010"}), "malformed");
    EXPECT_EQ(read(Strings(kMaxWords + 1, "a")), "malformed");
}

TEST(Argv, HintsAtTheNearestLegalForm) {
    const auto verb = parse_argv(Strings{"gte", "pods"});
    EXPECT_EQ(hint_of(verb.error()), "get");
    const auto flag = parse_argv(Strings{"get", "pods", "--namespce=a"});
    EXPECT_EQ(hint_of(flag.error()), "--namespace");
    const auto group = parse_argv(Strings{"rollout", "statsu"});
    EXPECT_EQ(hint_of(group.error()), "rollout status");
}

}  // namespace
}  // namespace signalbox::kubectl
