// Reads the elements of one of SUMO's output files, plain or `.gz`, whole or cut short.
//
// Threads: any (blocking reads).  Suspends: never.  Errors: of opening the file; damaged or missing
// ends only end the reading.
#pragma once

#include "base/error.hpp"
#include "model/figures.hpp"
#include "scenario/xml/xml_attributes.hpp"

#include <filesystem>
#include <functional>
#include <string_view>

namespace signalbox::scenario {

/// Called for each element; false ends the reading.
using OnElement = std::function<bool(std::string_view name, const XmlAttributes& attributes)>;

/// True when the root's closing tag was seen.
[[nodiscard]] Result<bool> read_elements(
    const std::filesystem::path& file, const OnElement& on_element
);

/// A number or a time written for people, absent when the attribute is not there or no number.
[[nodiscard]] model::Figure figure(const XmlAttributes& attributes, std::string_view name);
[[nodiscard]] model::Count count(const XmlAttributes& attributes, std::string_view name);

}  // namespace signalbox::scenario
