#pragma once

#include <expat.h>

#include <memory>
#include <optional>
#include <string_view>

#include "core/result.hpp"
#include "ingest/byte_source.hpp"

namespace attune {

/// The attributes of one element; valid during the call that gives them.
class XmlAttributes {
 public:
    explicit XmlAttributes(const char* const* pairs) : pairs_(pairs) {}

    /// The value of the attribute with this local name ("id" finds "r:id"), "" when there is none.
    [[nodiscard]] std::string_view find(std::string_view local_name) const;

 private:
    const char* const* pairs_;
};

class XmlHandler;

/// Parses XML as it is read, in bounded memory: no document type (and so no entities), no deep
/// nesting, no endless tag. Names come without their prefix, so that all the name spaces in which
/// workbooks are written look alike.
class XmlStream {
 public:
    XmlStream(std::unique_ptr<ByteSource> source, XmlHandler& handler);
    ~XmlStream();
    XmlStream(const XmlStream&) = delete;
    XmlStream& operator=(const XmlStream&) = delete;

    /// Parses until the handler calls `suspend` (true) or the document has ended (false).
    /// @errors kCorrupt: not well-formed; what the handler failed with; those of the source
    Result<bool> run();

    /// For the handler: `run` returns once the current call is over.
    void suspend();
    /// For the handler: `run` fails with the error.
    void stop(Error error);

    [[nodiscard]] double progress() const { return source_->progress(); }

 private:
    struct Callbacks;

    Result<XML_Status> feed();
    tl::unexpected<Error> failure();

    std::unique_ptr<ByteSource> source_;
    XmlHandler& handler_;
    XML_Parser parser_;
    std::optional<Error> error_;
    bool suspended_ = false;
    bool ended_ = false;
    std::size_t depth_ = 0;
    std::size_t silent_bytes_ = 0;
};

class XmlHandler {
 public:
    virtual ~XmlHandler() = default;
    virtual void start_element(XmlStream& stream, std::string_view name,
                               const XmlAttributes& attributes) = 0;
    virtual void end_element(XmlStream& stream, std::string_view name) = 0;
    /// A piece of text; a text may come in several.
    virtual void characters(XmlStream& stream, std::string_view text) = 0;
};

}  // namespace attune
