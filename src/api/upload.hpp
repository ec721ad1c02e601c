// An archive on its way in: from the request's body to the local disk, counted and hashed.
//
// What can be refused from the headers is refused before a byte is read. A form's fields may stand
// before or behind the archive; unknown ones are skipped. Nothing is held in memory but fields, and
// those within bounds.
//
// Threads: event loop.  Suspends: read_form, read_archive.
// Errors: kTooLarge with the contract's sentence, kNoSpace, kInvalid for a malformed body or two
// archives.
#pragma once

#include "api/request_context.hpp"
#include "contract/body_reader.hpp"
#include "files/spool_file.hpp"

#include <memory>
#include <string>
#include <vector>

namespace signalbox::api {

/// Size by what the client announced, and room on the disk.
[[nodiscard]] Result<void> check_upload(const RequestContext& context);

struct UploadForm {
    std::vector<contract::NameValue> fields;
    std::unique_ptr<files::SpoolFile> archive;  ///< of `sumo_files`; none when it did not come
};

/// A `multipart/form-data` body.
Task<Result<UploadForm>> read_form(RequestContext& context, std::string boundary);

/// A body that is the archive itself.
Task<Result<std::unique_ptr<files::SpoolFile>>> read_archive(RequestContext& context);

}  // namespace signalbox::api
