#include <unistd.h>
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "fuzz/fuzz_rows.hpp"

// The input is either a whole archive (it starts with "PK") or the XML of parts, with a line
// "@@<name>" before each; those are put into an archive first, because mutations of packed bytes
// hardly get past its checksums.

namespace {

using Parts = std::map<std::string, std::string>;

constexpr std::string_view kMarker = "\n@@";

Parts default_parts() {
    return {
        {"xl/workbook.xml",
         "<workbook><workbookPr date1904=\"0\"/><sheets><sheet name=\"Data\" r:id=\"rId1\" "
         "xmlns:r=\"r\"/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         "<Relationships><Relationship Id=\"rId1\" Type=\"t/worksheet\" Target=\"s.xml\"/>"
         "<Relationship Id=\"rId2\" Type=\"t/sharedStrings\" Target=\"t.xml\"/>"
         "<Relationship Id=\"rId3\" Type=\"t/styles\" Target=\"y.xml\"/></Relationships>"},
        {"xl/s.xml",
         "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c t=\"inlineStr\">"
         "<is><r><t>b</t></r></is></c></row><row r=\"3\"><c r=\"B3\" s=\"1\"><v>40513.35</v></c>"
         "<c r=\"D3\" t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c><c t=\"d\">"
         "<v>2010-12-01</v></c></row></sheetData></worksheet>"},
        {"xl/t.xml",
         "<sst><si><t>head</t></si><si><r><t>_x000D_</t></r><rPh><t>g</t></rPh></si></sst>"},
        {"xl/y.xml",
         "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy[h]\"/></numFmts>"
         "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>"}};
}

/// The archive under test; it goes away with the program.
class WorkFile {
 public:
    ~WorkFile() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
    std::filesystem::path path_ = std::filesystem::temp_directory_path() /
                                  ("attune_fuzz_" + std::to_string(getpid()) + ".xlsx");
};

const std::filesystem::path& work_file() {
    static const WorkFile file;
    return file.path();
}

void write_archive(const Parts& parts) {
    zip_t* archive = zip_open(work_file().c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    attune::fuzz_require(archive != nullptr);
    for (const auto& [name, bytes] : parts) {
        zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
        const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_OVERWRITE);
        if (index < 0) {
            zip_source_free(source);
            continue;
        }
        zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
    }
    if (zip_close(archive) != 0) zip_discard(archive);
}

Parts parts_of(std::string_view text) {
    Parts parts = default_parts();
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(kMarker), text.size());
        const std::string_view part = text.substr(0, end);
        text.remove_prefix(std::min(end + kMarker.size(), text.size()));
        const std::size_t line_end = part.find('\n');
        if (line_end == std::string_view::npos || line_end == 0) continue;
        const std::string name(part.substr(0, line_end));
        if (name.find('\0') != std::string::npos || name.size() > 100) continue;
        parts[name] = part.substr(line_end + 1);
    }
    return parts;
}

std::string text_of(const Parts& parts) {
    std::string text;
    for (const auto& [name, bytes] : parts) {
        text += kMarker;
        text += name;
        text += '\n';
        text += bytes;
    }
    return text;
}

}  // namespace

std::vector<std::string> attune::fuzz_seeds() {
    std::vector<std::string> seeds = {text_of(default_parts())};
    for (const auto& part : default_parts()) seeds.push_back(text_of({part}));
    write_archive(default_parts());
    std::ifstream in(work_file(), std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace attune;
    const std::string_view text = fuzz_text(data, size);
    if (text.starts_with("PK")) {
        std::ofstream out(work_file(), std::ios::binary | std::ios::trunc);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
    } else {
        write_archive(parts_of(text));
    }
    ReaderOptions options;
    options.limits = fuzz_limits();
    fuzz_read(open_rows(work_file(), options));
    return 0;
}
