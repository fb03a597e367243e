#include "http/multipart.hpp"

#include <restinio/all.hpp>
#include <restinio/helpers/file_upload.hpp>
#include <restinio/helpers/http_field_parsers/content-type.hpp>

namespace attune {
namespace {

constexpr std::size_t kMostParts = 20;

namespace body = restinio::multipart_body;
namespace upload = restinio::file_upload;

Problem malformed(const std::string& what) {
    return {400, "invalid_argument", "the form " + what, {}};
}

/// The boundary that the media type names.
OrProblem<std::string> boundary_of(const HttpRequest& request) {
    namespace parsers = restinio::http_field_parsers;
    const Problem other{415,
                        "unsupported_media_type",
                        "Content-Type: must be multipart/form-data with a boundary",
                        {}};
    const auto type = request.header("content-type");
    if (!type) return tl::unexpected(other);
    const auto parsed = parsers::content_type_value_t::try_parse({type->data(), type->size()});
    if (!parsed || parsed->media_type.type != "multipart" ||
        parsed->media_type.subtype != "form-data") {
        return tl::unexpected(other);
    }
    const auto boundary = parsers::find_first(parsed->media_type.parameters, "boundary");
    if (!boundary || body::check_boundary_value(*boundary)) return tl::unexpected(other);
    return "--" + std::string(boundary->data(), boundary->size());
}

}  // namespace

OrProblem<std::vector<FormPart>> read_form(const HttpRequest& request) {
    ATTUNE_HTTP_ASSIGN(const std::string boundary, boundary_of(request));
    const auto raw_parts = body::split_multipart_body({request.body.data(), request.body.size()},
                                                      {boundary.data(), boundary.size()});
    if (raw_parts.empty()) {
        return tl::unexpected(malformed("has no complete part between its boundaries"));
    }
    if (raw_parts.size() > kMostParts) return tl::unexpected(malformed("has too many fields"));
    std::vector<FormPart> parts;
    for (const auto& raw : raw_parts) {
        auto parsed = body::try_parse_part(raw);
        if (!parsed) return tl::unexpected(malformed("has a part that cannot be read"));
        const auto disposition =
            parsed->fields.opt_value_of(restinio::http_field::content_disposition);
        if (!disposition) return tl::unexpected(malformed("has a part without a name"));
        namespace parsers = restinio::http_field_parsers;
        const auto value = parsers::content_disposition_value_t::try_parse(*disposition);
        if (!value || value->value != "form-data") {
            return tl::unexpected(malformed("has a part that is no form-data"));
        }
        const auto name = parsers::find_first(value->parameters, "name");
        if (!name) return tl::unexpected(malformed("has a part without a name"));
        const auto file_name = parsers::find_first(value->parameters, "filename");
        parts.push_back({std::string(name->data(), name->size()),
                         file_name ? std::string(file_name->data(), file_name->size()) : "",
                         {parsed->body.data(), parsed->body.size()}});
    }
    return parts;
}

}  // namespace attune
