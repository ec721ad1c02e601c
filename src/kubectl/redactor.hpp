// Takes credentials out of what leaves a cluster: objects before they are formatted, and text.
//
// A mark stands where a value stood: `[redacted:3f9a1c20]`. Under one key the same value has the
// same mark, so that differences and equality stay visible; without the key a mark tells nothing.
//
// In objects: `data` and `stringData` of Secrets, the annotation with the configuration last
// applied, values of environment variables and of members whose names say that they are
// credentials, and what find_credentials() finds in any other string. Names of members are never
// changed.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::kubectl {

class Redactor {
public:
    /// `key` is the tenant's, or the installation's; secret.
    explicit Redactor(std::string key) : key_(std::move(key)) {}

    [[nodiscard]] std::string redact(std::string_view text);

    /// The same for a text that comes line by line: a private key may go over many of them.
    [[nodiscard]] std::string redact_line(std::string_view line);

    void redact(boost::json::value& object);

    /// Marks set so far.
    [[nodiscard]] std::int64_t count() const { return count_; }

private:
    [[nodiscard]] std::string mark(std::string_view value);
    void redact_members(boost::json::object& object, bool in_secret);
    void redact_item(boost::json::value& secret);
    void redact_member(std::string_view name, boost::json::value& value);
    void mark_all(boost::json::value& values);
    void mark_value(boost::json::value& value);

    std::string key_;
    std::int64_t count_ = 0;
    int key_lines_ = 0;  ///< of the private key whose end has not come yet
};

}  // namespace signalbox::kubectl
