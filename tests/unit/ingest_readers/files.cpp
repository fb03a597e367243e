#include "files.hpp"

#include <gtest/gtest.h>
#include <lzma.h>
#include <zip.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

namespace attune::testing {

std::string read_bytes(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string gzip(std::string_view bytes) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
    std::string packed(deflateBound(&stream, bytes.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

std::string xz(std::string_view bytes) {
    std::string packed(lzma_stream_buffer_bound(bytes.size()), '\0');
    std::size_t size = 0;
    EXPECT_EQ(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nullptr,
                                      reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                      bytes.size(), reinterpret_cast<std::uint8_t*>(packed.data()),
                                      &size, packed.size()),
              LZMA_OK);
    packed.resize(size);
    return packed;
}

OwnedCell::OwnedCell(const Cell& cell) {
    std::visit(
        [&](const auto& held) {
            if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::string_view>) {
                value = std::string(held);
            } else if constexpr (std::is_same_v<std::decay_t<decltype(held)>,
                                                const nlohmann::json*>) {
                value = held->dump();  // no reader gives any
            } else {
                value = held;
            }
        },
        cell);
}

std::vector<std::vector<std::string>> Table::texts() const {
    std::vector<std::vector<std::string>> all;
    for (const OwnedRow& row : rows) all.push_back(row.texts);
    return all;
}

Table read_all(const std::filesystem::path& path, const ReaderOptions& options) {
    Table table;
    auto reader = open_rows(path, options);
    if (!reader) {
        table.failed = true;
        table.error = reader.error();
        return table;
    }
    table.columns = (*reader)->columns();
    table.sheet = (*reader)->sheet();
    Row row;
    while (true) {
        const Result<bool> found = (*reader)->next(row);
        if (!found) {
            table.failed = true;
            table.error = found.error();
            return table;
        }
        if (!*found) return table;
        OwnedRow owned;
        owned.number = row.number;
        owned.error = (*reader)->row_error();
        if (row.document != nullptr) owned.document = row.document->dump();
        owned.uncalculated.assign(row.uncalculated.begin(), row.uncalculated.end());
        for (const Cell& cell : row.cells) {
            owned.texts.push_back(cell_text(cell));
            owned.kinds.push_back(cell.index());
            owned.cells.emplace_back(cell);
        }
        table.rows.push_back(std::move(owned));
    }
}

void write_zip(const std::filesystem::path& path, const Parts& parts) {
    int error = 0;
    zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
    ASSERT_NE(archive, nullptr);
    for (const auto& [name, bytes] : parts) {
        zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
        ASSERT_GE(zip_file_add(archive, name.c_str(), source, 0), 0);
    }
    ASSERT_EQ(zip_close(archive), 0);
}

Parts workbook_parts(std::string_view sheet_data) {
    constexpr std::string_view kMain =
        "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    constexpr std::string_view kTypes =
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    return {
        {"_rels/.rels",
         fmt::format("<Relationships><Relationship Id=\"rId1\" Type=\"{}/officeDocument\" "
                     "Target=\"xl/workbook.xml\"/></Relationships>",
                     kTypes)},
        {"xl/workbook.xml",
         fmt::format("<?xml version=\"1.0\"?><workbook {} xmlns:r=\"{}\"><workbookPr/><sheets>"
                     "<sheet name=\"Data\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
                     kMain, kTypes)},
        {"xl/_rels/workbook.xml.rels",
         fmt::format("<Relationships>"
                     "<Relationship Id=\"rId1\" Type=\"{0}/worksheet\" "
                     "Target=\"worksheets/sheet1.xml\"/>"
                     "<Relationship Id=\"rId2\" Type=\"{0}/sharedStrings\" "
                     "Target=\"sharedStrings.xml\"/>"
                     "<Relationship Id=\"rId3\" Type=\"{0}/styles\" Target=\"styles.xml\"/>"
                     "</Relationships>",
                     kTypes)},
        {"xl/worksheets/sheet1.xml",
         fmt::format("<?xml version=\"1.0\"?><worksheet {}><sheetData>{}</sheetData></worksheet>",
                     kMain, sheet_data)},
    };
}

}  // namespace attune::testing
