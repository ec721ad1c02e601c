// XML by expat, fed in pieces: well-formedness, the root, and elements as they begin and end.
//
// Refused is what would cost memory or time without measure: entities that are kept elsewhere, name
// others or are longer than 256 bytes; elements nested deeper than 10,000; single pieces of markup
// above 16 MiB. Encodings that expat does not know, but whose markup is ASCII, are read as Latin-1:
// enough to judge the form, and what SUMO reads of it is ASCII.
//
// Threads: one at a time.  Suspends: never.  Errors: the first problem, with its line.
#pragma once

#include "scenario/xml/xml_attributes.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::scenario {

struct XmlProblem {
    std::string code;  ///< XML_SYNTAX, XML_ENTITY, XML_BOMB, XML_ENCODING
    std::string message;
    std::int64_t line = 0;
};

class XmlReader {
public:
    struct Handlers {
        std::function<void(std::string_view name, const XmlAttributes& attributes)> on_start;
        std::function<void(std::string_view name)> on_end;
        std::function<void(std::string_view text)> on_text;  ///< in pieces
    };

    XmlReader();
    explicit XmlReader(Handlers handlers);
    ~XmlReader();

    XmlReader(const XmlReader&) = delete;
    XmlReader& operator=(const XmlReader&) = delete;

    /// False after a problem or a stop: nothing more is read.
    bool feed(std::string_view bytes);

    /// No more bytes; false when the document is not whole.
    bool finish();

    /// Events come as soon as their bytes are there, at some cost; expat waits for more otherwise.
    void be_prompt();

    /// From inside a handler: nothing more is wanted.
    void stop();

    [[nodiscard]] const std::optional<XmlProblem>& problem() const { return problem_; }

    [[nodiscard]] const std::string& root() const { return root_; }  ///< "" before it began

    [[nodiscard]] bool complete() const { return root_closed_; }

    /// Elements around the one that begins: 0 for the root.
    [[nodiscard]] std::size_t depth() const { return depth_ - 1; }

    /// Of the element at hand, or where reading stands.
    [[nodiscard]] std::int64_t line() const;

private:
    struct Bridge;  ///< expat's callbacks

    struct ParserDeleter {
        void operator()(void* parser) const;
    };

    void parse(std::string_view bytes, bool last);
    void note_problem();
    void check_token_size();

    Handlers handlers_;
    std::unique_ptr<void, ParserDeleter> parser_;
    std::optional<XmlProblem> problem_;
    std::string root_;
    std::size_t depth_ = 0;
    std::int64_t fed_bytes_ = 0;
    bool root_closed_ = false;
    bool stopped_ = false;
    bool external_entity_ = false;
    bool entity_bomb_ = false;
    bool too_deep_ = false;
};

}  // namespace signalbox::scenario
