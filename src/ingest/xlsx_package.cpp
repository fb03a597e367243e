#include "ingest/xlsx_package.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ingest/xml_stream.hpp"

namespace attune {
namespace {

// Lists of sheets and relationships; the largest seen are some hundred KiB.
constexpr std::uint64_t kMaxListBytes = 16ULL << 20;

struct Relationship {
    std::string type;  // the last piece of its address, which is alike in all editions
    std::string target;
};
using Relationships = std::map<std::string, Relationship, std::less<>>;

class RelationshipHandler final : public XmlHandler {
 public:
    void start_element(XmlStream&, std::string_view name,
                       const XmlAttributes& attributes) override {
        if (name != "Relationship" || attributes.find("TargetMode") == "External") return;
        const std::string_view type = attributes.find("Type");
        relationships[std::string(attributes.find("Id"))] = {
            .type = std::string(type.substr(type.rfind('/') + 1)),
            .target = std::string(attributes.find("Target"))};
    }
    void end_element(XmlStream&, std::string_view) override {}
    void characters(XmlStream&, std::string_view) override {}

    Relationships relationships;
};

class WorkbookHandler final : public XmlHandler {
 public:
    struct Entry {
        std::string name;
        std::string relationship_id;
    };

    void start_element(XmlStream&, std::string_view name,
                       const XmlAttributes& attributes) override {
        if (name == "workbookPr") {
            const std::string_view value = attributes.find("date1904");
            if (value == "1" || value == "true") epoch = ExcelEpoch::k1904;
        } else if (name == "sheet") {
            entries.push_back({.name = std::string(attributes.find("name")),
                               .relationship_id = std::string(attributes.find("id"))});
        }
    }
    void end_element(XmlStream&, std::string_view) override {}
    void characters(XmlStream&, std::string_view) override {}

    std::vector<Entry> entries;
    ExcelEpoch epoch = ExcelEpoch::k1900;
};

/// Parses a whole part; false when there is no such part.
Result<bool> parse_part(ZipArchive& archive, const std::string& part, XmlHandler& handler) {
    ATTUNE_ASSIGN(std::unique_ptr<ZipPart> source, archive.open_part(part, kMaxListBytes));
    if (source == nullptr) return false;
    XmlStream stream(std::move(source), handler);
    const Result<bool> done = stream.run();
    if (!done) return fail(done.error().at("part " + part));
    return true;
}

std::string relationships_part(std::string_view part) {
    const std::size_t name = part.rfind('/') + 1;
    return fmt::format("{}_rels/{}.rels", part.substr(0, name), part.substr(name));
}

Result<std::string> find_workbook_part(ZipArchive& archive) {
    RelationshipHandler handler;
    ATTUNE_ASSIGN(const bool found, parse_part(archive, "_rels/.rels", handler));
    if (found) {
        for (const auto& [id, relationship] : handler.relationships) {
            if (relationship.type == "officeDocument") {
                return resolve_part("", relationship.target);
            }
        }
    }
    return std::string("xl/workbook.xml");
}

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

}  // namespace

std::string resolve_part(std::string_view base_part, std::string_view target) {
    std::vector<std::string_view> pieces;
    const auto add = [&](std::string_view path) {
        while (!path.empty()) {
            const std::size_t end = std::min(path.find('/'), path.size());
            const std::string_view piece = path.substr(0, end);
            path.remove_prefix(std::min(end + 1, path.size()));
            if (piece == "..") {
                if (!pieces.empty()) pieces.pop_back();
            } else if (!piece.empty() && piece != ".") {
                pieces.push_back(piece);
            }
        }
    };
    if (!target.starts_with('/')) add(base_part.substr(0, base_part.rfind('/') + 1));
    add(target);
    return fmt::format("{}", fmt::join(pieces, "/"));
}

Result<XlsxPackage> read_xlsx_package(ZipArchive& archive) {
    ATTUNE_ASSIGN(const std::string workbook_part, find_workbook_part(archive));
    if (workbook_part.ends_with(".bin")) {
        return fail(ErrorCode::kInvalidArgument,
                    "is a binary workbook (.xlsb); save it as .xlsx (Excel Workbook)");
    }
    WorkbookHandler workbook;
    ATTUNE_ASSIGN(const bool found, parse_part(archive, workbook_part, workbook));
    if (!found) {
        return fail(ErrorCode::kCorrupt, "is not an .xlsx workbook: the archive has no {}",
                    workbook_part);
    }
    RelationshipHandler list;
    ATTUNE_TRY(parse_part(archive, relationships_part(workbook_part), list));

    XlsxPackage package;
    package.epoch = workbook.epoch;
    for (const auto& [id, relationship] : list.relationships) {
        const std::string part = resolve_part(workbook_part, relationship.target);
        if (relationship.type == "sharedStrings") package.shared_strings_part = part;
        if (relationship.type == "styles") package.styles_part = part;
    }
    for (WorkbookHandler::Entry& entry : workbook.entries) {
        const auto relationship = list.relationships.find(entry.relationship_id);
        if (relationship == list.relationships.end()) {
            return fail(ErrorCode::kCorrupt, "the workbook does not say where sheet '{}' is",
                        entry.name);
        }
        if (relationship->second.type != "worksheet") continue;
        package.sheets.push_back(
            {.name = std::move(entry.name),
             .part = resolve_part(workbook_part, relationship->second.target)});
    }
    return package;
}

Result<XlsxSheet> find_sheet(const XlsxPackage& package, const std::string& name) {
    if (package.sheets.empty()) return fail(ErrorCode::kEmptyInput, "the workbook has no sheets");
    if (name.empty()) return package.sheets.front();
    std::string names;
    for (const XlsxSheet& sheet : package.sheets) {
        // Excel itself takes names that differ in case for the same.
        if (lower_case(sheet.name) == lower_case(name)) return sheet;
        names += fmt::format("{}'{}'", names.empty() ? "" : ", ", sheet.name);
    }
    return fail(ErrorCode::kInvalidArgument, "there is no sheet '{}'; there are {}", name, names);
}

}  // namespace attune
