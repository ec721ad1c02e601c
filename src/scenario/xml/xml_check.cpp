#include "scenario/xml/xml_check.hpp"

#include "base/text.hpp"
#include "scenario/xml/xml_scanner.hpp"

#include <utility>

namespace signalbox::scenario {

namespace {

constexpr std::size_t kHeadBytes = 512;

/// Feeds `take` until it has enough or the budget is used up; false for the latter.
Result<bool> read_within(
    const OpenSource& open,
    XmlBudget& budget,
    std::string& head,
    const std::function<bool(std::string_view)>& take
) {
    SB_TRY(auto packed, open());
    SB_TRY(const auto source, make_gunzip_source(std::move(packed)));
    bool whole = true;
    head.clear();
    SB_OK(read_all(*source, [&](std::string_view piece) {
        if (budget.used_up()) {
            whole = false;
            return false;
        }
        budget.spent_bytes += piece.size();
        if (head.size() < kHeadBytes) {
            head.append(piece.substr(0, kHeadBytes - head.size()));
        }
        return take(piece);
    }));
    return whole;
}

}  // namespace

bool begins_like_html(std::string_view head) {
    if (head.starts_with("\xEF\xBB\xBF")) {
        head.remove_prefix(3);
    }
    const std::string begin = to_lower(trim(head.substr(0, kHeadBytes)));
    return begin.starts_with("<!doctype html") || begin.starts_with("<html");
}

Result<XmlVerdict> check_xml(const OpenSource& open, XmlVisitor* visitor, XmlBudget& budget) {
    XmlVerdict verdict;
    std::string head;
    XmlScanner* scanning = nullptr;
    const std::function<std::int64_t()> scanner_line = [&scanning] { return scanning->line(); };
    XmlScanner::OnStart on_start;
    if (visitor != nullptr) {
        on_start = [&](std::string_view name, const XmlAttributes& attributes) {
            visitor->element({name, attributes, scanning->depth(), scanner_line});
        };
    }
    XmlScanner scanner(std::move(on_start));
    scanning = &scanner;
    const std::uint64_t spent = budget.spent_bytes;
    SB_TRY(verdict.whole, read_within(open, budget, head, [&](std::string_view piece) {
               return scanner.feed(piece);
           }));
    verdict.root = scanner.root();
    verdict.html = begins_like_html(head) || equals_ignoring_case(verdict.root, "html");
    if (!verdict.whole || verdict.html || scanner.finish()) {
        return verdict;
    }

    budget.spent_bytes = spent;
    XmlReader* reading = nullptr;
    const std::function<std::int64_t()> reader_line = [&reading] { return reading->line(); };
    XmlReader::Handlers handlers;
    if (visitor != nullptr) {
        visitor->restart();
        handlers.on_start = [&](std::string_view name, const XmlAttributes& attributes) {
            visitor->element({name, attributes, reading->depth(), reader_line});
        };
    }
    XmlReader reader(std::move(handlers));
    reading = &reader;
    SB_TRY(verdict.whole, read_within(open, budget, head, [&](std::string_view piece) {
               return reader.feed(piece);
           }));
    if (verdict.whole) {
        reader.finish();
    }
    verdict.root = reader.root();
    verdict.problem = reader.problem();
    verdict.html = equals_ignoring_case(verdict.root, "html");
    return verdict;
}

}  // namespace signalbox::scenario
