#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>

#include "access/secure_random.hpp"
#include "http/file_body.hpp"
#include "http/job_json.hpp"
#include "http/json_body.hpp"
#include "http/multipart.hpp"
#include "http/paging.hpp"
#include "http/routes/routes.hpp"
#include "serving/export_service.hpp"

namespace attune {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// Shorter than the time an answer may take: what takes longer goes on as a job.
constexpr std::chrono::seconds kLongestWait{45};

struct Upload {
    json parameters;
    bool wait = true;
};

Problem bad_field(const std::string& field, const std::string& what) {
    return {422, "invalid_argument", field + ": " + what, field};
}

/// A name of our own with the ending of the file's, which says its format; nothing else of what the
/// sender calls it gets near the disk.
std::string stored_name(std::string_view file_name) {
    static constexpr std::array kEndings{".xlsx",     ".csv",    ".jsonl",   ".csv.gz",
                                         ".jsonl.gz", ".csv.xz", ".jsonl.xz"};
    std::string lower(file_name);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    for (const std::string_view ending : kEndings) {
        if (lower.ends_with(ending)) return "upload-" + random_token(12) + std::string(ending);
    }
    return {};
}

/// What the sender calls the file, for messages: without folders, and short.
std::string shown_name(std::string_view file_name) {
    const auto folder = file_name.find_last_of("/\\");
    if (folder != std::string_view::npos) file_name.remove_prefix(folder + 1);
    const bool is_plain = std::none_of(file_name.begin(), file_name.end(),
                                       [](unsigned char c) { return c < ' ' || c == 0x7F; });
    if (!is_plain || file_name.size() > 100) return "the file";
    // Bytes that are no UTF-8 are replaced.
    return json::parse(json(file_name).dump(-1, ' ', false, json::error_handler_t::replace));
}

OrProblem<json> store_file(const FormPart& part, const fs::path& folder) {
    const std::string name = stored_name(part.file_name);
    if (name.empty()) {
        return tl::unexpected(
            Problem{415, "unsupported_media_type",
                    fmt::format("file: '{}' has none of the endings .xlsx, .csv and .jsonl (the "
                                "last two also .gz and .xz)",
                                part.file_name.substr(0, 100)),
                    "file"});
    }
    const fs::path path = folder / name;
    errno = 0;
    std::ofstream file(path, std::ios::binary);
    file.write(part.body.data(), static_cast<std::streamsize>(part.body.size()));
    file.close();
    if (file) return json{{"path", path.string()}, {"name", shown_name(part.file_name)}};
    const int number = errno == 0 ? EIO : errno;
    std::error_code ignored;
    fs::remove(path, ignored);
    return tl::unexpected(Problem{
        503,
        "unavailable",
        fmt::format("the file cannot be stored now: {}", std::generic_category().message(number)),
        {}});
}

OrProblem<Upload> read_upload(const Call& call, const fs::path& folder) {
    ATTUNE_HTTP_ASSIGN(const auto form, read_form(call.request));
    Upload upload;
    upload.parameters = {{"files", json::array()}, {"remove_files", true}};
    std::string mapping;
    const FormPart* file = nullptr;
    for (const FormPart& part : form) {
        const std::string text(part.body.substr(0, 1'000));
        if (part.name == "file" && !part.file_name.empty() && file == nullptr) {
            file = &part;
        } else if (part.name == "mapping") {
            mapping = text;
        } else if (part.name == "kind") {
            mapping = "native-" + text;
        } else if (part.name == "on_error") {
            upload.parameters["on_error"] = text;
        } else if (part.name == "wait" && (text == "true" || text == "false")) {
            upload.wait = text == "true";
        } else {
            return tl::unexpected(bad_field(
                part.name, "known are one file, mapping, kind, on_error and wait=true or false"));
        }
    }
    if (file == nullptr) return tl::unexpected(bad_field("file", "choose a file to import"));
    // A mapping is a name here and never a path: paths of this machine are nobody's business.
    if (mapping.find_first_of("/\\") != std::string::npos || mapping.ends_with(".toml")) {
        return tl::unexpected(bad_field("mapping", "must be the name of a mapping"));
    }
    ATTUNE_HTTP_ASSIGN(json entry, store_file(*file, folder));
    if (!mapping.empty()) entry["mapping"] = mapping;
    upload.parameters["files"].push_back(std::move(entry));
    return upload;
}

/// What the report of an import says to whoever sent the file.
json short_report(const json& report) {
    json issues = json::array();
    for (const json& issue : report.value("/bad_rows/listed"_json_pointer, json::array())) {
        issues.push_back({{"row", issue.value("row", 0)},
                          {"column", issue.value("column", "")},
                          {"reason", issue.value("reason", "")},
                          {"text", issue.value("message", "")},
                          {"value", issue.value("value", "")}});
    }
    return {{"rows_read", report.value("rows_read", 0)},
            {"rows_accepted", report.value("rows_accepted", 0)},
            {"rows_rejected", report.value("rows_bad", 0)},
            {"issues", std::move(issues)}};
}

/// Why an import failed; a damaged file is the sender's.
Problem import_problem(const Error& error) {
    Problem problem = in_body(error);
    if (error.code != ErrorCode::kCorrupt) return problem;
    return {422, std::move(problem.code), error.message, {}};
}

OrProblem<HttpResponse> import_upload(const Call& call, ServiceParts& parts) {
    ATTUNE_HTTP_ASSIGN(const Upload upload, read_upload(call, parts.uploads_folder));
    const auto submitted = parts.jobs.submit("import", upload.parameters, call.principal.key());
    if (!submitted) {
        std::error_code ignored;
        fs::remove(upload.parameters["files"][0]["path"].get<std::string>(), ignored);
        return tl::unexpected(in_body(submitted.error()));
    }
    Job job = *submitted;
    if (upload.wait) {
        ATTUNE_HTTP_ASSIGN(job, parts.jobs.wait(job.id, kLongestWait));
    }
    if (!job.has_ended()) {
        return json_response(202, {{"message", "The import goes on; its job says how far it is"},
                                   {"job", job_json(job)}});
    }
    if (job.error) return tl::unexpected(import_problem(*job.error));
    const json reports = job.result.value("reports", json::array());
    return json_response(200, {{"message", job.result.value("message", "")},
                               {"counts", job.result.value("counts", json::object())},
                               {"report", short_report(reports.empty() ? json() : reports[0])},
                               {"job_id", job.id}});
}

struct ExportKind {
    std::string_view name;
    RecordKind kind;
};
constexpr std::array kExportKinds{ExportKind{"customers", RecordKind::kCustomer},
                                  ExportKind{"products", RecordKind::kProduct},
                                  ExportKind{"events", RecordKind::kEvent},
                                  ExportKind{"transactions", RecordKind::kTransaction},
                                  ExportKind{"posts", RecordKind::kPost},
                                  ExportKind{"relations", RecordKind::kHousehold},
                                  ExportKind{"consents", RecordKind::kConsent}};

OrProblem<HttpResponse> export_file(const Call& call, ServiceParts& parts) {
    const QueryParameters& query = call.target.query;
    ATTUNE_HTTP_TRY(query.only({"kind", "format"}));
    const std::string_view kind_name = query.get("kind").value_or("customers");
    const auto kind =
        std::find_if(kExportKinds.begin(), kExportKinds.end(),
                     [&](const ExportKind& known) { return known.name == kind_name; });
    if (kind == kExportKinds.end()) {
        return tl::unexpected(Problem{400, "invalid_argument",
                                      "kind: must be customers, products, events, transactions, "
                                      "posts, relations or consents",
                                      "kind"});
    }
    const std::string format(query.get("format").value_or("xlsx"));
    if (format != "xlsx" && format != "csv" && format != "jsonl") {
        return tl::unexpected(
            Problem{400, "invalid_argument", "format: must be xlsx, csv or jsonl", "format"});
    }
    HttpResponse response;
    response.content_type =
        format == "xlsx"  ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        : format == "csv" ? "text/csv; charset=utf-8"
                          : "application/jsonl";
    response.with("Content-Disposition",
                  fmt::format("attachment; filename=\"{}.{}\"", kind_name, format));
    // Nobody makes a file to show its headers.
    response.producer = [](const std::shared_ptr<BodyWriter>& writer) { writer->finish(); };
    if (call.request.method == HttpMethod::kHead) return response;
    const fs::path file = parts.uploads_folder / ("export-" + random_token(12) + "." + format);
    const auto remove = [file] {
        std::error_code ignored;
        fs::remove(file, ignored);
    };
    NullProgress progress;
    const auto written = export_records(parts.live.database(), kind->kind, file, progress);
    if (!written) {
        remove();
        return tl::unexpected(
            Problem::of(written.error().calling(parts.uploads_folder.string() + "/", "")));
    }
    ATTUNE_HTTP_ASSIGN(response.producer, file_body(file, remove));
    return response;
}

}  // namespace

std::vector<Route> transfer_routes(ServiceParts& parts, const ServiceLimits& limits) {
    return {
        {.method = HttpMethod::kPost,
         .pattern = "/upload",
         .scope = Scope::kImport,
         .max_body_bytes = limits.max_upload_bytes,
         .handler = [&parts](const Call& call) { return import_upload(call, parts); }},
        {.method = HttpMethod::kGet,
         .pattern = "/export",
         .scope = Scope::kExport,
         .handler = [&parts](const Call& call) { return export_file(call, parts); }},
    };
}

}  // namespace attune
