// One XML file judged from its beginning to its end: form, root, and the elements of interest.
//
// XmlScanner goes first; where it is unsure the file is opened again and XmlReader decides. gzip is
// recognised by its first bytes.
//
// Threads: any (blocking reads).  Suspends: never.  Errors: of opening and reading the file.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "scenario/archive/bytes.hpp"
#include "scenario/xml/xml_reader.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::scenario {

/// What may still be spent; shared by all files of one check.
struct XmlBudget {
    std::uint64_t bytes = 0;
    SteadyTime until{};
    std::uint64_t spent_bytes = 0;

    [[nodiscard]] bool used_up() const {
        return spent_bytes >= bytes || std::chrono::steady_clock::now() >= until;
    }
};

struct XmlVerdict {
    std::string root;
    std::optional<XmlProblem> problem;
    bool html = false;  ///< a web page, whatever its name says
    bool whole = true;  ///< false: the budget ended first
};

struct XmlElement {
    std::string_view name;
    const XmlAttributes& attributes;
    std::size_t depth = 0;                      ///< 0 for the root
    const std::function<std::int64_t()>& line;  ///< costs something: for when it is needed
};

class XmlVisitor {
public:
    virtual ~XmlVisitor() = default;

    /// Everything seen so far is void: the file is read again.
    virtual void restart() = 0;

    virtual void element(const XmlElement& element) = 0;
};

using OpenSource = std::function<Result<std::unique_ptr<ByteSource>>()>;

/// Pages that were saved in place of a file begin like this; they are seldom well-formed.
[[nodiscard]] bool begins_like_html(std::string_view head);

/// `visitor` may be null.
[[nodiscard]] Result<XmlVerdict> check_xml(
    const OpenSource& open, XmlVisitor* visitor, XmlBudget& budget
);

}  // namespace signalbox::scenario
