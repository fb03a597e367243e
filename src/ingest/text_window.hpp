#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "ingest/byte_source.hpp"

namespace attune {

/// The part of a text file in memory: from what is being read to as far as was asked for.
class TextWindow {
 public:
    explicit TextWindow(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

    /// Reads the first bytes and passes over a byte order mark.
    /// @errors kEmptyInput: there are none; kMalformedText: UTF-16; those of the source
    Status open();

    /// What is in memory and not consumed. Valid until the next `more` or `consume`.
    [[nodiscard]] std::string_view text() const { return {buffer_.data() + begin_, end_ - begin_}; }
    /// Whether `text` reaches to the end of the file.
    [[nodiscard]] bool ended() const { return ended_; }

    /// Reads on, so that `text` grows, or `ended` comes true. The window doubles when it is full,
    /// so a record that is scanned again after each call costs linear time in all.
    Status more();

    /// @pre count <= text().size()
    void consume(std::size_t count) { begin_ += count; }

    [[nodiscard]] double progress() const { return source_->progress(); }

 private:
    std::unique_ptr<ByteSource> source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool ended_ = false;
};

}  // namespace attune
