#include "ingest/xml_stream.hpp"

#include <cstring>

#include "core/assert.hpp"

namespace attune {
namespace {

constexpr int kChunkBytes = 64 << 10;
constexpr std::size_t kMaxDepth = 200;
// A tag, comment or attribute longer than this is no part of a workbook; expat would keep it whole.
constexpr std::size_t kMaxSilentBytes = 16 << 20;

std::string_view local_name(const char* name) {
    const char* colon = std::strchr(name, ':');
    return colon == nullptr ? name : colon + 1;
}

}  // namespace

std::string_view XmlAttributes::find(std::string_view name) const {
    for (const char* const* pair = pairs_; *pair != nullptr; pair += 2) {
        if (local_name(pair[0]) == name) return pair[1];
    }
    return {};
}

struct XmlStream::Callbacks {
    static XmlStream& of(void* data) {
        XmlStream& stream = *static_cast<XmlStream*>(data);
        stream.silent_bytes_ = 0;
        return stream;
    }

    static void start(void* data, const XML_Char* name, const XML_Char** attributes) {
        XmlStream& stream = of(data);
        if (stream.error_) return;
        if (++stream.depth_ > kMaxDepth) {
            stream.stop({ErrorCode::kCorrupt,
                         fmt::format("its XML is nested deeper than {} levels", kMaxDepth)});
            return;
        }
        stream.handler_.start_element(stream, local_name(name), XmlAttributes(attributes));
    }

    static void end(void* data, const XML_Char* name) {
        XmlStream& stream = of(data);
        if (stream.error_) return;
        --stream.depth_;
        stream.handler_.end_element(stream, local_name(name));
    }

    static void characters(void* data, const XML_Char* text, int size) {
        XmlStream& stream = of(data);
        if (stream.error_) return;
        stream.handler_.characters(stream, {text, static_cast<std::size_t>(size)});
    }

    static void doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
        of(data).stop({ErrorCode::kCorrupt,
                       "its XML has a document type, which no workbook has; it could hide an "
                       "attack by entities"});
    }

    static void other(void* data, const XML_Char*) { of(data); }
    static void instruction(void* data, const XML_Char*, const XML_Char*) { of(data); }
};

XmlStream::XmlStream(std::unique_ptr<ByteSource> source, XmlHandler& handler)
    : source_(std::move(source)), handler_(handler), parser_(XML_ParserCreate(nullptr)) {
    ATTUNE_ASSERT(parser_ != nullptr);
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, Callbacks::start, Callbacks::end);
    XML_SetCharacterDataHandler(parser_, Callbacks::characters);
    XML_SetStartDoctypeDeclHandler(parser_, Callbacks::doctype);
    XML_SetCommentHandler(parser_, Callbacks::other);
    XML_SetProcessingInstructionHandler(parser_, Callbacks::instruction);
}

XmlStream::~XmlStream() {
    XML_ParserFree(parser_);
}

Result<bool> XmlStream::run() {
    while (true) {
        if (ended_ && !suspended_) return false;
        XML_Status status = XML_STATUS_OK;
        if (suspended_) {
            suspended_ = false;
            status = XML_ResumeParser(parser_);
        } else {
            ATTUNE_ASSIGN(status, feed());
        }
        if (error_) return fail(*error_);
        if (status == XML_STATUS_ERROR) return failure();
        if (suspended_) return true;
        if (silent_bytes_ > kMaxSilentBytes) {
            return fail(ErrorCode::kLimitExceeded,
                        "its XML has a tag or comment of more than {} MiB", kMaxSilentBytes >> 20);
        }
    }
}

Result<XML_Status> XmlStream::feed() {
    void* buffer = XML_GetBuffer(parser_, kChunkBytes);
    if (buffer == nullptr) return fail(ErrorCode::kUnavailable, "out of memory");
    ATTUNE_ASSIGN(const std::size_t count,
                  source_->read(std::span(static_cast<char*>(buffer), kChunkBytes)));
    ended_ = count == 0;
    silent_bytes_ += count;
    return XML_ParseBuffer(parser_, static_cast<int>(count), ended_ ? 1 : 0);
}

tl::unexpected<Error> XmlStream::failure() {
    return fail(ErrorCode::kCorrupt, "its XML is damaged at line {}, column {}: {}",
                XML_GetCurrentLineNumber(parser_), XML_GetCurrentColumnNumber(parser_) + 1,
                XML_ErrorString(XML_GetErrorCode(parser_)));
}

void XmlStream::suspend() {
    suspended_ = true;
    XML_StopParser(parser_, XML_TRUE);
}

void XmlStream::stop(Error error) {
    if (error_) return;
    error_ = std::move(error);
    XML_StopParser(parser_, XML_FALSE);
}

}  // namespace attune
