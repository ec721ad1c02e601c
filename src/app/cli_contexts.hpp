// The context file of the command line: `$XDG_CONFIG_HOME/signalbox/config.yaml`, mode 0600.
//
//     current: production
//     contexts:
//       - {name: production, url: https://signalbox.example.org, key: sk-…}
//
// It is written whole and in one step, so two programs at once leave one of both versions.
//
// Threads: one at a time (blocking).  Suspends: never.
// Errors: kInvalid `BAD_CONTEXT_FILE` naming file and line; system errors. No file: no contexts.
#pragma once

#include "cli/context_store.hpp"
#include "cli/settings.hpp"

#include <filesystem>
#include <string>

namespace signalbox::app {

class YamlContextStore final : public cli::ContextStore {
public:
    explicit YamlContextStore(std::filesystem::path file);

    [[nodiscard]] Result<cli::Contexts> load() override;
    [[nodiscard]] Result<void> save(const cli::Contexts& contexts) override;

    [[nodiscard]] std::string path() const override { return file_.string(); }

private:
    [[nodiscard]] Error bad_file(int line, const std::string& why) const;

    std::filesystem::path file_;
};

/// By XDG_CONFIG_HOME, else HOME.
[[nodiscard]] std::filesystem::path context_file(const cli::Variables& variables);

}  // namespace signalbox::app
