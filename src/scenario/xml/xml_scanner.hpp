// A fast judge of plain XML: sure that a document is well-formed, or not sure.
//
// Several times as fast as expat on what SUMO's tools write: UTF-8, no document type, the usual
// references. Everything else is `unsure`, and so is every mistake: whoever wants to know reads the
// document again with XmlReader, which has the last word and the line.
//
// Values of attributes are as XmlReader gives them: references resolved, white space spaces.
//
// Threads: one at a time.  Suspends: never.  Errors: none.
#pragma once

#include "scenario/xml/xml_attributes.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::scenario {

class XmlScanner {
public:
    using OnStart = std::function<void(std::string_view name, const XmlAttributes& attributes)>;

    explicit XmlScanner(OnStart on_start);

    /// False once it is unsure.
    bool feed(std::string_view bytes);

    /// True when the document is whole and well-formed beyond doubt.
    [[nodiscard]] bool finish();

    [[nodiscard]] const std::string& root() const { return root_; }

    /// Elements around the one at hand: 0 for the root.
    [[nodiscard]] std::size_t depth() const { return starts_.size(); }

    /// Of the element at hand; counts the lines since it was last asked.
    [[nodiscard]] std::int64_t line();

private:
    enum class Step : std::uint8_t { kDone, kNeedsMore, kUnsure };

    void scan();
    Step scan_text();
    Step scan_markup();
    Step scan_declaration();
    Step scan_comment();
    Step scan_cdata();
    Step scan_instruction();
    Step scan_end_tag();
    Step scan_start_tag();
    Step scan_attribute(std::size_t& at);
    Step skip_to(std::string_view end, std::size_t from, std::size_t& at) const;
    void open_element(std::string_view name, bool empty);

    OnStart on_start_;
    std::string buffer_;     ///< what was not judged yet is from `at_`
    std::string_view view_;  ///< the bytes at hand: buffer_, or the caller's
    std::size_t at_ = 0;
    std::size_t counted_to_ = 0;  ///< lines are counted up to here in `view_`
    std::int64_t line_ = 1;
    std::string names_;                ///< of the open elements, one after the other
    std::vector<std::size_t> starts_;  ///< where each begins in `names_`
    std::vector<XmlAttributes::Pair> attributes_;
    std::deque<std::string> decoded_;  ///< values that could not be handed out as they stand
    std::size_t decoded_count_ = 0;    ///< of the element at hand
    std::string root_;
    bool at_start_ = true;
    bool marked_ = false;  ///< a byte order mark stood there
    bool root_closed_ = false;
    bool unsure_ = false;
};

}  // namespace signalbox::scenario
