#include "kubectl/catalog.hpp"

#include <gtest/gtest.h>

#include <set>

namespace signalbox::kubectl {
namespace {

std::string resolve(std::string_view type) {
    const Kind* const kind = Catalog::built_in().find(type);
    return kind == nullptr ? "nothing" : kind->full_name();
}

TEST(Catalog, ResolvesEverySpellingToTheSameKind) {
    for (const char* const type : {"secrets", "secret", "Secret", "SECRETS", "secrets."}) {
        EXPECT_EQ(resolve(type), "secrets") << type;
    }
    for (const char* const type :
         {"deployments",
          "deployment",
          "deploy",
          "Deployment",
          "deploy.apps",
          "deployments.v1.apps",
          "deployment.apps"}) {
        EXPECT_EQ(resolve(type), "deployments.v1.apps") << type;
    }
    EXPECT_EQ(resolve("netpol"), "networkpolicies.v1.networking.k8s.io");
    EXPECT_EQ(resolve("netpol.networking.k8s.io"), "networkpolicies.v1.networking.k8s.io");
    EXPECT_EQ(resolve("events"), "events");
    EXPECT_EQ(resolve("events.events.k8s.io"), "events.v1.events.k8s.io");
    EXPECT_EQ(resolve("pods.metrics.k8s.io"), "pods.v1beta1.metrics.k8s.io");
}

TEST(Catalog, KnowsNothingElse) {
    for (const char* const type :
         {"",
          ".",
          "widgets",
          "deploy.",
          "secrets.v1",
          "deployments.v1beta1.apps",
          "pods.example.org",
          ".apps",
          "all",
          "pod s"}) {
        EXPECT_EQ(
            resolve(type), std::string_view(type) == "deploy." ? "deployments.v1.apps" : "nothing"
        ) << type;
    }
}

TEST(Catalog, EveryFullNameIsItsOwn) {
    std::set<std::string> names;
    for (const Kind& kind : Catalog::built_in().kinds()) {
        EXPECT_TRUE(names.insert(kind.full_name()).second) << kind.full_name();
        EXPECT_EQ(resolve(kind.full_name()), kind.full_name());
        EXPECT_FALSE(kind.version.empty());
    }
    for (const std::string_view type : types_of_all()) {
        EXPECT_NE(Catalog::built_in().find(type), nullptr) << type;
    }
}

}  // namespace
}  // namespace signalbox::kubectl
