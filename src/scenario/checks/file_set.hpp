// The files a scenario is made of, wherever they are: in an archive or in a directory.
//
// Threads: any (blocking).  Suspends: never.  Errors: of opening a file.
#pragma once

#include "base/error.hpp"
#include "scenario/archive/archive.hpp"
#include "scenario/archive/bytes.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace signalbox::scenario {

class FileSet {
public:
    virtual ~FileSet() = default;

    [[nodiscard]] virtual bool has_file(std::string_view name) const = 0;
    [[nodiscard]] virtual bool has_folder(std::string_view name) const = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<ByteSource>> open(std::string_view name) const = 0;

    /// An existing name that was likely meant; "" when there is none.
    [[nodiscard]] virtual std::string nearest(std::string_view name) const = 0;
};

class ArchiveFiles final : public FileSet {
public:
    /// The archive must outlive the set.
    explicit ArchiveFiles(const Archive& archive);

    [[nodiscard]] bool has_file(std::string_view name) const override;
    [[nodiscard]] bool has_folder(std::string_view name) const override;
    [[nodiscard]] Result<std::unique_ptr<ByteSource>> open(std::string_view name) const override;
    [[nodiscard]] std::string nearest(std::string_view name) const override;

private:
    const Archive& archive_;
};

class DirectoryFiles final : public FileSet {
public:
    explicit DirectoryFiles(std::filesystem::path root) : root_(std::move(root)) {}

    [[nodiscard]] bool has_file(std::string_view name) const override;
    [[nodiscard]] bool has_folder(std::string_view name) const override;
    [[nodiscard]] Result<std::unique_ptr<ByteSource>> open(std::string_view name) const override;
    [[nodiscard]] std::string nearest(std::string_view name) const override;

private:
    std::filesystem::path root_;
};

}  // namespace signalbox::scenario
