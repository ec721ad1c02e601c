#include "scenario/options/option_table.hpp"

#include "base/text.hpp"
#include "scenario/options/option_table_rows.hpp"

#include <algorithm>
#include <map>
#include <span>

namespace signalbox::scenario {

namespace {

OptionKind kind_of(char letter) {
    switch (letter) {
        case 'I':
            return OptionKind::kInput;
        case 'i':
            return OptionKind::kOptionalInput;
        case 'O':
            return OptionKind::kOutput;
        case 'L':
            return OptionKind::kLog;
        case 'C':
            return OptionKind::kConfiguration;
        case 'P':
            return OptionKind::kDirectory;
        case 'B':
            return OptionKind::kBool;
        case 'N':
            return OptionKind::kInteger;
        case 'F':
            return OptionKind::kNumber;
        case 'T':
            return OptionKind::kTime;
        default:
            return OptionKind::kText;
    }
}

struct Table {
    std::vector<KnownOption> options;
    std::vector<std::string> names;
    std::map<std::string_view, std::size_t> by_name;  ///< synonyms too
};

Table make_table() {
    Table table;
    for (const std::string_view row : split(trim(kOptionRows), '\n')) {
        const std::vector<std::string_view> words = split(row, ' ');
        table.options.push_back(
            {.name = words[1],
             .kind = kind_of(words[0].front()),
             .synonyms = {words.begin() + 2, words.end()}}
        );
        table.names.emplace_back(words[1]);
        for (const std::string_view name : std::span(words).subspan(1)) {
            table.by_name.emplace(name, table.options.size() - 1);
        }
    }
    return table;
}

const Table& table() {
    static const Table kTable = make_table();
    return kTable;
}

}  // namespace

const KnownOption* find_option(std::string_view name) {
    const auto found = table().by_name.find(name);
    return found == table().by_name.end() ? nullptr : &table().options[found->second];
}

std::string nearest_option(std::string_view name) {
    return nearest_word(name, table().names).value_or(std::string());
}

}  // namespace signalbox::scenario
