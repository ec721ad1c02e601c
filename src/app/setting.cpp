#include "app/setting.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace signalbox::app {

namespace {

using std::chrono::milliseconds;

Failure bad_value(const std::string& key, const std::string& value, const std::string& expected) {
    return fail(
        Code::kInvalid, "BAD_SETTING", fmt::format("{}: \"{}\" is not {}", key, value, expected)
    );
}

struct Unit {
    std::string_view word;
    std::int64_t factor;
};

constexpr std::array<Unit, 13> kByteUnits{{
    {"TiB", std::int64_t{1} << 40U},
    {"GiB", std::int64_t{1} << 30U},
    {"MiB", std::int64_t{1} << 20U},
    {"KiB", std::int64_t{1} << 10U},
    {"Ti", std::int64_t{1} << 40U},
    {"Gi", std::int64_t{1} << 30U},
    {"Mi", std::int64_t{1} << 20U},
    {"Ki", std::int64_t{1} << 10U},
    {"GB", std::int64_t{1} << 30U},
    {"MB", std::int64_t{1} << 20U},
    {"KB", std::int64_t{1} << 10U},
    {"B", 1},
    {"", 1},
}};

constexpr std::array<Unit, 6> kTimeUnits{{
    {"ms", 1},
    {"min", 60'000},
    {"s", 1000},
    {"h", 3'600'000},
    {"d", 86'400'000},
    {"", 1000},
}};

template <std::size_t N>
std::optional<std::int64_t> with_unit(std::string_view text, const std::array<Unit, N>& units) {
    text = trim(text);
    for (const Unit& unit : units) {
        if (!text.ends_with(unit.word)) {
            continue;
        }
        const auto number =
            parse_number<double>(trim(text.substr(0, text.size() - unit.word.size())));
        if (number && std::isfinite(*number)) {
            const double value = *number * static_cast<double>(unit.factor);
            if (std::abs(value) < 9e18) {
                return std::llround(value);
            }
        }
        return std::nullopt;
    }
    return std::nullopt;
}

// The largest unit that divides the value without a rest.
template <std::size_t N>
std::string in_units(std::int64_t value, const std::array<Unit, N>& units) {
    const Unit* best = nullptr;
    for (const Unit& unit : units) {
        if (!unit.word.empty() && value % unit.factor == 0 &&
            (best == nullptr || unit.factor > best->factor)) {
            best = &unit;
        }
    }
    return fmt::format("{} {}", value / best->factor, best->word);
}

Setting make(SettingNames names) {
    return {
        .key = std::move(names.key),
        .environment = std::move(names.environment),
        .help = std::move(names.help),
        .read = {},
        .print = {}
    };
}

}  // namespace

Setting text_setting(SettingNames names, std::string& field) {
    Setting setting = make(std::move(names));
    setting.read = [&field, key = setting.key](const std::string& text) -> Result<void> {
        if (has_control_characters(text)) {
            return bad_value(key, to_valid_utf8(text), "text without control characters");
        }
        field = text;
        return {};
    };
    setting.print = [&field] { return field; };
    return setting;
}

Setting secret_setting(SettingNames names, std::string& field) {
    Setting setting = make(std::move(names));
    setting.secret = true;
    setting.read = [&field](const std::string& text) -> Result<void> {
        field = text;
        return {};
    };
    setting.print = [&field] { return field; };
    return setting;
}

Setting word_setting(SettingNames names, std::string& field, std::vector<std::string> words) {
    Setting setting = make(std::move(names));
    setting.read = [&field, key = setting.key, words = std::move(words)](const std::string& text
                   ) -> Result<void> {
        const std::string word = to_lower(trim(text));
        if (std::ranges::find(words, word) == words.end()) {
            return bad_value(key, text, "one of " + join(words, ", "));
        }
        field = word;
        return {};
    };
    setting.print = [&field] { return field; };
    return setting;
}

Setting flag_setting(SettingNames names, bool& field) {
    Setting setting = make(std::move(names));
    setting.read = [&field, key = setting.key](const std::string& text) -> Result<void> {
        const std::string word = to_lower(trim(text));
        if (word == "1" || word == "true" || word == "yes" || word == "on") {
            field = true;
        } else if (word.empty() || word == "0" || word == "false" || word == "no" ||
                   word == "off") {
            field = false;
        } else {
            return bad_value(key, text, "true or false");
        }
        return {};
    };
    setting.print = [&field] { return std::string(field ? "true" : "false"); };
    return setting;
}

Setting list_setting(SettingNames names, std::vector<std::string>& field) {
    Setting setting = make(std::move(names));
    setting.read = [&field, key = setting.key](const std::string& text) -> Result<void> {
        if (has_control_characters(text)) {
            return bad_value(key, to_valid_utf8(text), "a list without control characters");
        }
        field.clear();
        for (const std::string_view item : split(text, ',')) {
            if (!trim(item).empty()) {
                field.emplace_back(trim(item));
            }
        }
        return {};
    };
    setting.print = [&field] { return join(field, ", "); };
    return setting;
}

Setting integer_setting(SettingNames names, std::int64_t& field, Range range) {
    Setting setting = make(std::move(names));
    setting.read = [&field, range, key = setting.key](const std::string& text) -> Result<void> {
        const auto value = parse_number<std::int64_t>(trim(text));
        if (!value || *value < range.min || *value > range.max) {
            return bad_value(
                key, text, fmt::format("a whole number from {} to {}", range.min, range.max)
            );
        }
        field = *value;
        return {};
    };
    setting.print = [&field] { return std::to_string(field); };
    return setting;
}

Setting bytes_setting(SettingNames names, std::int64_t& field, Range range) {
    Setting setting = make(std::move(names));
    setting.read = [&field, range, key = setting.key](const std::string& text) -> Result<void> {
        const auto value = with_unit(text, kByteUnits);
        if (!value || *value < range.min || *value > range.max) {
            return bad_value(
                key,
                text,
                fmt::format(
                    "a size such as \"64 MiB\" from {} to {}",
                    in_units(range.min, kByteUnits),
                    in_units(range.max, kByteUnits)
                )
            );
        }
        field = *value;
        return {};
    };
    setting.print = [&field] { return in_units(field, kByteUnits); };
    return setting;
}

Setting duration_setting(SettingNames names, milliseconds& field, Range range) {
    Setting setting = make(std::move(names));
    setting.read = [&field, range, key = setting.key](const std::string& text) -> Result<void> {
        const auto value = with_unit(text, kTimeUnits);
        if (!value || *value < range.min * 1000 || *value > range.max * 1000) {
            return bad_value(
                key,
                text,
                fmt::format(
                    "a time such as \"30 s\" from {} to {}",
                    in_units(range.min * 1000, kTimeUnits),
                    in_units(range.max * 1000, kTimeUnits)
                )
            );
        }
        field = milliseconds(*value);
        return {};
    };
    setting.print = [&field] { return in_units(field.count(), kTimeUnits); };
    return setting;
}

}  // namespace signalbox::app
