// Servers a person works with, by name, with the key for each: `login` writes them.
//
// The file behind it belongs to its owner only (0600); reading and writing it is app/'s, which may
// use a YAML library.
//
// Threads: any (blocking).  Suspends: never.
// Errors: kInvalid for a file that cannot be read as one; system errors. No file: no contexts.
#pragma once

#include "base/error.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::cli {

struct Context {
    std::string name;
    std::string url;
    std::string key;
    std::string ca_file;  ///< of the server's certificate; empty: the system's

    bool operator==(const Context&) const = default;
};

struct Contexts {
    std::string current;  ///< name; empty: none
    std::vector<Context> all;

    /// nullptr when there is none of this name.
    [[nodiscard]] const Context* find(std::string_view name) const {
        const auto found = std::ranges::find(all, name, &Context::name);
        return found == all.end() ? nullptr : &*found;
    }

    bool operator==(const Contexts&) const = default;
};

class ContextStore {
public:
    virtual ~ContextStore() = default;
    [[nodiscard]] virtual Result<Contexts> load() = 0;
    [[nodiscard]] virtual Result<void> save(const Contexts& contexts) = 0;
    /// Where it is, to be named to people.
    [[nodiscard]] virtual std::string path() const = 0;
};

}  // namespace signalbox::cli
