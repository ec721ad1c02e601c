#include "kubectl/credentials.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace signalbox::kubectl {

namespace {

constexpr auto kSecretWords = std::to_array<std::string_view>(
    {"password",   "passwords",  "passwd",      "passphrase", "passcode", "pass",      "pwd",
     "secret",     "secrets",    "token",       "tokens",     "apikey",   "apisecret", "accesskey",
     "privatekey", "credential", "credentials", "creds",      "bearer",   "jwt",       "cookie"}
);
constexpr auto kSuffixes =
    std::to_array<std::string_view>({"password", "passwd", "secret", "token", "apikey"});
// A key is a credential when the word before it says of what.
constexpr auto kKeyWords = std::to_array<std::string_view>(
    {"api", "access", "private", "signing", "encryption", "account", "shared", "master", "session"}
);
// They say where a credential is, or something about it.
constexpr auto kAboutWords = std::to_array<std::string_view>(
    {"name",    "names",      "ref",        "refs",     "file",     "files",   "path",
     "paths",   "url",        "uri",        "endpoint", "ttl",      "timeout", "expiry",
     "expires", "expiration", "seconds",    "id",       "ids",      "enabled", "length",
     "count",   "type",       "types",      "policy",   "rotation", "age",     "version",
     "mode",    "namespace",  "provider",   "store",    "class",    "kind",    "field",
     "issuer",  "audience",   "audiences",  "manager",  "mount",    "volume",  "requests",
     "review",  "reviews",    "controller", "cleaner",  "hash"}
);
constexpr auto kSchemes = std::to_array<std::string_view>({"bearer", "basic", "token", "digest"});
// Values that are none.
constexpr auto kNothing = std::to_array<std::string_view>(
    {"null", "nil", "none", "true", "false", "undefined", "empty", "yes", "no", "unset"}
);

constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kLeastToken = 8;

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

bool is_letter(char c) {
    return is_upper(c) || (c >= 'a' && c <= 'z');
}

char lower(char c) {
    return static_cast<char>(is_upper(c) ? c - 'A' + 'a' : c);
}

// Letters, digits and what names and base64url are joined with.
constexpr auto kWordBytes = [] {
    std::array<bool, 256> table{};
    for (int c = 0; c < 256; ++c) {
        table[static_cast<std::size_t>(c)] = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                                             (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
                                             c == '.';
    }
    return table;
}();

bool is_word_byte(char c) {
    return kWordBytes[static_cast<unsigned char>(c)];
}

// The words of `clientSecretName`, `API_KEY`, `db.password`, in lower case.
std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words;
    bool inside = false;
    char before = 0;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const char next = i + 1 < name.size() ? name[i + 1] : '\0';
        if (!is_letter(c) && !is_digit(c)) {
            inside = false;
        } else {
            const bool hump =
                is_upper(c) && (!is_upper(before) || (is_letter(next) && !is_upper(next)));
            if (!inside || (hump && !is_digit(before))) {
                words.emplace_back();
                inside = true;
            }
            words.back() += lower(c);
        }
        before = c;
    }
    return words;
}

bool is_credential_at(const std::vector<std::string>& words, std::size_t i) {
    // `PGPASSWORD`, `clientsecret`
    const bool ends_in_one = std::ranges::any_of(kSuffixes, [&](std::string_view suffix) {
        return words[i].ends_with(suffix);
    });
    return ends_in_one || is_among(kSecretWords, words[i]) ||
           (words[i] == "key" && i > 0 && is_among(kKeyWords, words[i - 1])) ||
           (words[i] == "string" && i > 0 && words[i - 1] == "connection");
}

// Most names hold the beginning of no such word: nothing has to be taken apart for them.
bool may_name_a_credential(std::string_view name) {
    constexpr auto kBeginnings = std::to_array<std::string_view>(
        {"pas", "pwd", "sec", "tok", "key", "cre", "bea", "jwt", "coo", "aut", "str"}
    );
    for (std::size_t i = 0; i + 2 < name.size(); ++i) {
        const char first = lower(name[i]);
        for (const std::string_view begin : kBeginnings) {
            if (begin[0] == first && begin[1] == lower(name[i + 1]) &&
                begin[2] == lower(name[i + 2])) {
                return true;
            }
        }
    }
    return false;
}

struct Prefix {
    std::string_view text;
    std::size_t least;  ///< bytes behind it
};

// Issuers' own beginnings of keys.
constexpr auto kPrefixes = std::to_array<Prefix>({
    {"AKIA", 16},     {"ASIA", 16},  {"AIza", 30},  {"ghp_", 20},        {"gho_", 20},
    {"ghs_", 20},     {"ghu_", 20},  {"ghr_", 20},  {"github_pat_", 20}, {"glpat-", 16},
    {"xoxb-", 16},    {"xoxp-", 16}, {"xoxa-", 16}, {"xoxs-", 16},       {"sk_live_", 16},
    {"rk_live_", 16}, {"sk-", 20},   {"npm_", 30},  {"hvs.", 20},
});

// Header, payload and signature in base64url; headers begin with `{"`.
bool is_json_web_token(std::string_view word) {
    return word.starts_with("eyJ") && word.size() > 20 && std::ranges::count(word, '.') >= 2;
}

bool is_issued_key(std::string_view word) {
    return is_json_web_token(word) || std::ranges::any_of(kPrefixes, [&](const Prefix& prefix) {
               return word.starts_with(prefix.text) &&
                      word.size() >= prefix.text.size() + prefix.least;
           });
}

class Finder {
public:
    explicit Finder(std::string_view text) : text_(text) {}

    std::vector<Span> find() {
        std::size_t at = 0;
        while (at < text_.size()) {
            if (!is_word_byte(text_[at])) {
                ++at;
                continue;
            }
            std::size_t end = at;
            while (end < text_.size() && is_word_byte(text_[end])) {
                ++end;
            }
            at = look_at(at, end);
        }
        return std::move(spans_);
    }

private:
    // Returns where to go on.
    std::size_t look_at(std::size_t begin, std::size_t end) {
        const std::string_view word = text_.substr(begin, end - begin);
        if (end < text_.size()) {
            if (text_.substr(end).starts_with("://")) {
                return look_at_address(end + 3);
            }
            if (const auto value = find_value(word, end)) {
                return take(*value);
            }
        }
        if (word.starts_with("-----BEGIN")) {
            return look_at_pem(end);
        }
        if (word.size() >= kMinIssued && is_issued_key(word)) {
            return take({.begin = begin, .end = end});
        }
        return end;
    }

    std::size_t take(Span span) {
        spans_.push_back(span);
        return span.end;
    }

    // `user:password@` behind a scheme.
    std::size_t look_at_address(std::size_t begin) {
        const std::size_t end = std::min(text_.find_first_of("/ \t\r\n\"'<>", begin), text_.size());
        const std::size_t sign = text_.substr(0, end).rfind('@');
        const std::size_t colon = text_.find(':', begin);
        if (sign == std::string_view::npos || sign < begin || colon >= sign) {
            return begin;
        }
        return colon + 1 < sign ? take({.begin = colon + 1, .end = sign}) : sign;
    }

    // What stands between the lines of a private key, or all that is left of it.
    std::size_t look_at_pem(std::size_t begin) {
        constexpr std::string_view kKey = "PRIVATE KEY-----";
        constexpr std::size_t kLongestTitle = 40;
        const std::size_t title = text_.substr(begin, kLongestTitle).find(kKey);
        if (title == std::string_view::npos) {
            return begin;
        }
        const std::size_t from = begin + title + kKey.size();
        const std::size_t to = std::min(text_.find("-----END", from), text_.size());
        return from < to ? take({.begin = from, .end = to}) : to;
    }

    // Behind `name=`, `name: `, `"name": "`, `--name `, `Bearer `.
    std::optional<Span> find_value(std::string_view word, std::size_t end) const {
        constexpr std::string_view kBetween = "=: \\\"'";
        std::size_t at = end;
        if (!kBetween.contains(text_[at])) {
            return std::nullopt;
        }
        if (is_scheme(word) && text_[at] == ' ') {
            const Span span = value_at(skip(at, " "));
            return span.end - span.begin >= kLeastToken ? std::optional(span) : std::nullopt;
        }
        const bool is_flag = word.starts_with("--") && text_[at] == ' ';
        if (!is_flag) {
            at = skip(at, "\\\"'");
            at = skip(at, " ");
            if (at >= text_.size() || (text_[at] != '=' && text_[at] != ':')) {
                return std::nullopt;
            }
            at = skip(at, "=:>");
        }
        if (word.size() > kMaxNameBytes || !names_a_credential(word)) {
            return std::nullopt;
        }
        const Span span = value_at(skip(at, " \t"));
        return says_something(span) ? std::optional(span) : std::nullopt;
    }

    static bool is_scheme(std::string_view word) {
        return word.size() >= 5 && word.size() <= 6 &&
               std::ranges::any_of(kSchemes, [&](std::string_view scheme) {
                   return equals_ignoring_case(word, scheme);
               });
    }

    std::size_t skip(std::size_t at, std::string_view bytes) const {
        return std::min(text_.find_first_not_of(bytes, at), text_.size());
    }

    // To the closing quote, or to what ends a word.
    Span value_at(std::size_t at) const {
        const std::size_t begin = skip(at, "\\");
        if (begin < text_.size() && (text_[begin] == '"' || text_[begin] == '\'')) {
            std::size_t end = std::min(text_.find(text_[begin], begin + 1), text_.size());
            end -= end > begin + 1 && end < text_.size() && text_[end - 1] == '\\' ? 1 : 0;
            return {.begin = begin + 1, .end = end};
        }
        return {
            .begin = at, .end = std::min(text_.find_first_of(" \t\r\n,;&\"'})]", at), text_.size())
        };
    }

    bool says_something(Span span) const {
        if (span.begin >= span.end) {
            return false;
        }
        const std::string_view value = text_.substr(span.begin, span.end - span.begin);
        // References, places and marks of our own.
        constexpr std::string_view kNoValue = "<[{*";
        return !kNoValue.contains(value.front()) && !value.starts_with("$(") &&
               !value.starts_with("${") && !is_among(kNothing, to_lower(value.substr(0, 10))) &&
               !is_scheme(value);
    }

    static constexpr std::size_t kMinIssued = 20;

    std::string_view text_;
    std::vector<Span> spans_;
};

}  // namespace

bool names_a_credential(std::string_view name) {
    if (!may_name_a_credential(name)) {
        return false;
    }
    const auto words = words_of(name);
    if (words.empty() || is_among(kAboutWords, words.back())) {
        return false;
    }
    if (words.size() == 1 && words.front() == "auth") {
        return true;
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (is_credential_at(words, i)) {
            return true;
        }
    }
    return false;
}

std::vector<Span> find_credentials(std::string_view text) {
    return Finder(text).find();
}

}  // namespace signalbox::kubectl
