// Structures that are stored as JSON text in one column: lists, findings, figures.
//
// Only what is there is written: an empty structure is an empty text. The form is the store's own
// (figures are flat), not the one clients see.
//
// Threads: any.  Suspends: never.
// Errors: kInternal for text that was not written by this code.
#pragma once

#include "base/error.hpp"
#include "model/job.hpp"
#include "model/principal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace signalbox::store::sqlite {

[[nodiscard]] std::string to_column(const std::vector<std::string>& texts);
[[nodiscard]] std::string to_column(const std::vector<model::Finding>& findings);
[[nodiscard]] std::string to_column(const model::Figures& figures);
[[nodiscard]] std::string to_column(const model::Progress& progress);
[[nodiscard]] std::string to_column(const model::Usage& usage);
[[nodiscard]] std::string to_column(const model::SumoExit& exit);
[[nodiscard]] std::string to_column(const model::Scope& scope);

Result<std::vector<std::string>> texts_from_column(std::string_view column);
Result<std::vector<model::Finding>> findings_from_column(std::string_view column);
Result<model::Figures> figures_from_column(std::string_view column);
Result<model::Progress> progress_from_column(std::string_view column);
Result<model::Scope> scope_from_column(std::string_view column);

}  // namespace signalbox::store::sqlite
