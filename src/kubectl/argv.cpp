#include "kubectl/argv.hpp"

#include "base/text.hpp"
#include "kubectl/go_values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace signalbox::kubectl {

namespace {

using Words = std::vector<std::string_view>;

// pflag's normalisation: `--all_namespaces` is `--all-namespaces`.
std::string normalized(std::string_view name) {
    std::string text(name);
    std::ranges::replace(text, '_', '-');
    return text;
}

bool is_flag_word(std::string_view word) {
    return word.size() > 1 && word.front() == '-';
}

// Does the next word belong to this one? As far as the groups above a command know: cobra takes a
// flag it does not know for one with a value.
bool takes_next_word(std::string_view word) {
    if (word.contains('=')) {
        return false;
    }
    const Flag* flag = nullptr;
    if (word.starts_with("--")) {
        flag = find_flag(global_flags(), normalized(word.substr(2)));
    } else if (word.size() == 2) {
        flag = find_flag(global_flags(), word[1]);
    } else {
        return false;
    }
    return flag == nullptr || flag->type != FlagType::kBool;
}

// Where the next command's name stands.
std::optional<std::size_t> find_name(const Words& words) {
    std::size_t i = 0;
    while (i < words.size() && words[i] != "--") {
        if (is_flag_word(words[i])) {
            i += takes_next_word(words[i]) ? 2 : 1;
        } else if (words[i].empty() || words[i] == "-") {
            ++i;
        } else {
            return i;
        }
    }
    return std::nullopt;
}

Failure refuse_name(
    std::span<const Command> commands, std::string_view above, std::string_view name
) {
    std::vector<std::string> names;
    std::vector<std::string> allowed;
    for (const Command& command : commands) {
        if (!command.refused) {
            names.emplace_back(command.name);
            allowed.push_back(fmt::format("{}{}", above, command.name));
        }
    }
    if (name.empty()) {
        return refuse(
            Rule::kUnknownVerb,
            fmt::format("a command is missing after \"kubectl {}\"", trim(above)),
            "one of " + join(allowed, ", ")
        );
    }
    const auto near = nearest_word(name, names);
    return refuse(
        Rule::kUnknownVerb,
        fmt::format("kubectl has no command \"{}{}\"", above, name),
        near ? fmt::format("{}{}", above, *near) : "one of " + join(allowed, ", ")
    );
}

// Takes the names out of `words`; what stays is the command's own.
Result<const Command*> take_command(Words& words) {
    const Command* found = nullptr;
    std::span<const Command> level = root_commands();
    std::string above;
    for (;;) {
        const auto at = find_name(words);
        const Command* const next = at ? find_command(level, words[*at]) : nullptr;
        if (next == nullptr) {
            if (found == nullptr || !found->verb) {
                return refuse_name(level, above, at ? words[*at] : std::string_view());
            }
            return found;
        }
        found = next;
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(*at));
        above += std::string(found->name) + " ";
        if (found->refused) {
            return refuse(
                *found->refused,
                fmt::format("\"kubectl {}\" is not offered: only reads are", trim(above)),
                "get, describe, logs, events, top, explain, rollout status"
            );
        }
        if (found->commands.empty()) {
            return found;
        }
        level = found->commands;
    }
}

class FlagReader {
public:
    FlagReader(const Command& command, Argv& argv) : command_(command), argv_(argv) {}

    Result<void> read(const Words& words) {
        for (next_ = 0; next_ < words.size();) {
            const std::string_view word = words[next_++];
            if (!is_flag_word(word)) {
                argv_.words.emplace_back(word);
            } else if (word == "--") {
                argv_.words.insert(
                    argv_.words.end(),
                    words.begin() + static_cast<std::ptrdiff_t>(next_),
                    words.end()
                );
                break;
            } else if (word.starts_with("--")) {
                SB_OK(read_long(word.substr(2), words));
            } else {
                SB_OK(read_letters(word.substr(1), words));
            }
        }
        return {};
    }

private:
    Result<void> read_long(std::string_view text, const Words& words) {
        const std::size_t equals = text.find('=');
        const std::string name = normalized(text.substr(0, equals));
        if (name.empty() || name.front() == '-') {
            return refuse(Rule::kMalformed, fmt::format("\"--{}\" is no flag", text));
        }
        SB_TRY(const Flag* const flag, known(find(name), "--" + name));
        if (equals != std::string_view::npos) {
            return set(*flag, text.substr(equals + 1));
        }
        return set_from_next(*flag, words);
    }

    Result<void> read_letters(std::string_view letters, const Words& words) {
        while (!letters.empty()) {
            const char letter = letters.front();
            SB_TRY(const Flag* const flag, known(find(letter), std::string("-") + letter));
            letters.remove_prefix(1);
            if (letters.starts_with('=') && letters.size() > 1) {
                return set(*flag, letters.substr(1));
            }
            if (flag->type == FlagType::kBool) {
                SB_OK(set(*flag, "true"));
            } else if (!letters.empty()) {
                return set(*flag, letters);
            } else {
                return set_from_next(*flag, words);
            }
        }
        return {};
    }

    template <class Key>
    const Flag* find(const Key& key) const {
        const Flag* const own = find_flag(command_.flags, key);
        return own != nullptr ? own : find_flag(global_flags(), key);
    }

    Result<const Flag*> known(const Flag* flag, const std::string& written) const {
        if (flag == nullptr) {
            return refuse_unknown(written);
        }
        if (flag->refused) {
            return refuse(
                *flag->refused,
                fmt::format("{} may not be used here", written),
                *flag->refused == Rule::kRedirect
                    ? "name the cluster in the request; its executor has its own credentials"
                    : "leave it out"
            );
        }
        return flag;
    }

    Failure refuse_unknown(const std::string& written) const {
        std::vector<std::string> names;
        for (const auto flags : {command_.flags, global_flags()}) {
            for (const Flag& flag : flags) {
                if (!flag.refused) {
                    names.push_back("--" + std::string(flag.name));
                }
            }
        }
        const auto near = nearest_word(written, names);
        return refuse(
            Rule::kUnknownFlag,
            fmt::format("\"kubectl {}\" has no flag {}", to_words(argv_.verb), written),
            near.value_or("one of " + join(names, ", "))
        );
    }

    Result<void> set_from_next(const Flag& flag, const Words& words) {
        if (flag.type == FlagType::kBool) {
            return set(flag, "true");
        }
        if (next_ == words.size()) {
            return refuse(Rule::kMalformed, fmt::format("--{} needs a value", flag.name));
        }
        return set(flag, words[next_++]);
    }

    Result<void> set(const Flag& flag, std::string_view text) {
        auto value = canonical_value(flag.type, text);
        if (!value) {
            return refuse(
                Rule::kMalformed,
                fmt::format("--{}: \"{}\" is no {}", flag.name, text, to_words(flag.type))
            );
        }
        const auto before = std::ranges::find(argv_.flags, &flag, &SetFlag::flag);
        if (before == argv_.flags.end()) {
            argv_.flags.push_back({.flag = &flag, .value = *std::move(value)});
        } else if (flag.type == FlagType::kList) {
            before->value += "," + *value;
            if (before->value.size() > kMaxWordBytes) {
                return refuse(
                    Rule::kMalformed,
                    fmt::format("--{}: more than {} bytes", flag.name, kMaxWordBytes)
                );
            }
        } else if (before->value != *value) {
            return refuse(
                Rule::kConflictingFlags,
                fmt::format("--{} is both \"{}\" and \"{}\"", flag.name, before->value, *value),
                fmt::format("one --{}", flag.name)
            );
        }
        return {};
    }

    const Command& command_;
    Argv& argv_;
    std::size_t next_ = 0;
};

Result<void> check_words(std::span<const std::string> words, std::size_t max_words) {
    if (words.size() > max_words) {
        return refuse(
            Rule::kMalformed, fmt::format("{} words, at most {} are taken", words.size(), max_words)
        );
    }
    std::size_t bytes = 0;
    for (const std::string& word : words) {
        bytes += word.size();
        if (bytes > kMaxBytes) {
            return refuse(Rule::kMalformed, fmt::format("more than {} bytes in all", kMaxBytes));
        }
        if (word.size() > kMaxWordBytes) {
            return refuse(
                Rule::kMalformed,
                fmt::format("a word of {} bytes, at most {} are taken", word.size(), kMaxWordBytes)
            );
        }
        if (has_control_characters(word) || !is_valid_utf8(word)) {
            return refuse(Rule::kMalformed, "a word holds control characters or is not UTF-8");
        }
    }
    return {};
}

}  // namespace

const std::string* Argv::find(std::string_view flag) const {
    const auto found =
        std::ranges::find(flags, flag, [](const SetFlag& set) { return set.flag->name; });
    return found == flags.end() ? nullptr : &found->value;
}

bool Argv::is_true(std::string_view flag) const {
    const std::string* const value = find(flag);
    return value != nullptr && *value == "true";
}

Result<Argv> parse_argv(std::span<const std::string> words, std::size_t max_words) {
    SB_OK(check_words(words, max_words));
    Words left(words.begin(), words.end());
    SB_TRY(const Command* const command, take_command(left));
    Argv argv;
    argv.verb = *command->verb;
    SB_OK(FlagReader(*command, argv).read(left));
    return argv;
}

}  // namespace signalbox::kubectl
