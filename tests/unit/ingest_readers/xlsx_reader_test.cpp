#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.hpp"
#include "ingest/xlsx_rows.hpp"

namespace attune::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Texts = std::vector<std::string>;

constexpr std::string_view kSheetPart = "xl/worksheets/sheet1.xml";

Table read_parts(const Parts& parts, const ReaderOptions& options = {}) {
    const TemporaryFolder folder;
    write_zip(folder / "book.xlsx", parts);
    return read_all(folder / "book.xlsx", options);
}

Table read_sheet(std::string_view sheet_data, const ReaderOptions& options = {}) {
    return read_parts(workbook_parts(sheet_data), options);
}

Parts with_strings(std::string_view sheet_data, std::string_view items) {
    Parts parts = workbook_parts(sheet_data);
    parts["xl/sharedStrings.xml"] = fmt::format("<sst>{}</sst>", items);
    return parts;
}

/// A workbook whose cell B2 holds `number` in the style 1 with that format.
Table read_dated(std::string_view number, std::string_view num_formats, std::string_view id,
                 std::string_view workbook_properties = "<workbookPr/>") {
    Parts parts = workbook_parts(fmt::format(
        "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c><c r=\"B1\" t=\"str\"><v>b</v></c></row>"
        "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" s=\"1\"><v>{}</v></c></row>",
        number));
    parts["xl/styles.xml"] = fmt::format(
        "<styleSheet><numFmts>{}</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
        "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"{}\"/></cellXfs></styleSheet>",
        num_formats, id);
    std::string& workbook = parts["xl/workbook.xml"];
    workbook.replace(workbook.find("<workbookPr/>"), 13, workbook_properties);
    return read_parts(parts);
}

void expect_failure(const Table& table, ErrorCode code, std::string_view message) {
    ASSERT_TRUE(table.failed);
    EXPECT_EQ(error_code_name(table.error.code), error_code_name(code)) << table.error.message;
    EXPECT_THAT(table.error.message, HasSubstr(std::string(message)));
    EXPECT_THAT(table.error.message, HasSubstr("book.xlsx"));
}

TEST(XlsxReader, ReadsEveryTypeOfCell) {
    const Table table = read_parts(with_strings(
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
        "<c r=\"C1\" t=\"str\"><v>c</v></c><c r=\"D1\" t=\"str\"><v>d</v></c>"
        "<c r=\"E1\" t=\"str\"><v>e</v></c><c r=\"F1\" t=\"str\"><v>f</v></c>"
        "<c r=\"G1\" t=\"str\"><v>g</v></c></row>"
        "<row r=\"2\"><c r=\"A2\"><v>536365</v></c><c r=\"B2\" t=\"n\"><v>2.55</v></c>"
        "<c r=\"C2\" t=\"inlineStr\"><is><r><t>two </t></r><r><t>runs</t></r>"
        "<rPh><t>guide</t></rPh></is></c><c r=\"D2\" t=\"b\"><v>1</v></c>"
        "<c r=\"E2\" t=\"e\"><v>#N/A</v></c>"
        "<c r=\"F2\" t=\"str\"><f>A2&amp;\"x\"</f><v>536365x</v></c>"
        "<c r=\"G2\" t=\"d\"><v>2010-12-01T08:26:00</v></c></row>"
        "<row r=\"3\"><c r=\"A3\"><v>-1.5E+3</v></c><c r=\"B3\" t=\"b\"><v>false</v></c>"
        "<c r=\"G3\" t=\"d\"><v>soon</v></c></row>",
        "<si><t>id</t></si><si><t>price</t></si>"));
    ASSERT_FALSE(table.failed) << table.error.message;
    EXPECT_THAT(table.columns, ElementsAre("id", "price", "c", "d", "e", "f", "g"));
    EXPECT_EQ(table.sheet, "Data");
    EXPECT_THAT(table.texts(), ElementsAre(Texts{"536365", "2.55", "two runs", "TRUE", "#N/A",
                                                 "536365x", "2010-12-01 08:26:00"},
                                           Texts{"-1500", "FALSE", "", "", "", "", "soon"}));
    EXPECT_THAT(table.rows[0].kinds, ElementsAre(2U, 2U, 4U, 1U, 4U, 4U, 3U));
}

TEST(XlsxReader, JoinsRichTextAndLeavesPhoneticGuidesOut) {
    const Table table = read_parts(with_strings(
        "<row><c t=\"s\"><v>0</v></c></row><row><c t=\"s\"><v>1</v></c></row>"
        "<row><c t=\"s\"><v>2</v></c></row>",
        "<si><t>head</t></si>"
        "<si><r><t xml:space=\"preserve\">a </t></r><r><rPr><b/></rPr><t>b</t></r>"
        "<rPh sb=\"0\" eb=\"1\"><t>guide</t></rPh></si>"
        "<si><t>line_x000D_end_x0041_ _x00zz_ _xD83D__xDE00_ _xD83D_ _x0000_</t></si>"));
    EXPECT_THAT(table.texts(),
                ElementsAre(Texts{"a b"}, Texts{"line\rendA _x00zz_ \xF0\x9F\x98\x80 \xEF\xBF\xBD "
                                                "\xEF\xBF\xBD"}));
}

TEST(XlsxReader, PlacesCellsByTheirReferences) {
    const Table table = read_sheet(
        "<row r=\"3\"><c r=\"B3\" t=\"str\"><v>b</v></c><c r=\"D3\" t=\"str\"><v>d</v></c></row>"
        "<row r=\"7\"><c r=\"D7\"><v>4</v></c><c r=\"A7\"><v>1</v></c><c><v>2</v></c></row>"
        "<row r=\"8\" spans=\"1:9\"/><row r=\"9\"><c r=\"A9\" s=\"3\"/><c r=\"XFD9\" "
        "s=\"3\"/></row>"
        "<row><c r=\"AA10\"><v>27</v></c></row>");
    ASSERT_FALSE(table.failed) << table.error.message;
    EXPECT_THAT(table.columns, ElementsAre("column 1", "b", "column 3", "d"));
    ASSERT_THAT(table.rows, SizeIs(2));
    EXPECT_EQ(table.rows[0].number, 7U);
    EXPECT_THAT(table.rows[0].texts, ElementsAre("1", "2", "", "4"));
    EXPECT_EQ(table.rows[1].number, 10U);
    EXPECT_EQ(table.rows[1].texts[26], "27");
}

TEST(XlsxReader, TellsFormulasThatWereNeverCalculated) {
    const Table table = read_sheet(
        "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c><c r=\"B1\" t=\"str\"><v>b</v></c></row>"
        "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><f>A2+1</f></c></row>"
        "<row r=\"3\"><c r=\"A3\"><f>1+1</f><v></v></c></row>"
        "<row r=\"4\"><c r=\"A4\"><f>1+1</f><v>2</v></c>"
        "<c r=\"B4\" t=\"str\"><f>\"\"</f><v></v></c></row>");
    ASSERT_THAT(table.rows, SizeIs(3));
    EXPECT_THAT(table.rows[0].uncalculated, ElementsAre(1U));
    EXPECT_THAT(table.rows[1].uncalculated, ElementsAre(0U)) << "the row is not blank";
    EXPECT_THAT(table.rows[2].uncalculated, ElementsAre());
    EXPECT_THAT(table.rows[2].texts, ElementsAre("2"));
}

TEST(XlsxReader, NumbersCellsWithoutReferences) {
    const Table table = read_sheet(
        "<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c></row>"
        "<row><c/><c><v> 5 </v></c></row><row><c><v>+6</v></c><c><v> </v></c></row>");
    EXPECT_THAT(table.texts(), ElementsAre(Texts{"", "5"}, Texts{"6"}));
    EXPECT_EQ(table.rows[0].number, 2U);
}

TEST(XlsxReader, TakesTheHeaderRowThatIsAskedFor) {
    const Table table = read_sheet(
        "<row r=\"1\"><c r=\"B1\" t=\"str\"><v>X1</v></c></row>"
        "<row r=\"2\"><c r=\"A2\" t=\"str\"><v>ID</v></c><c r=\"B2\"><v>2010</v></c></row>"
        "<row r=\"3\"><c r=\"A3\"><v>1</v></c></row>",
        {.header_row = 2});
    EXPECT_THAT(table.columns, ElementsAre("ID", "2010"));
    EXPECT_THAT(table.texts(), ElementsAre(Texts{"1"}));
}

TEST(XlsxReader, ReadsDatesToTheMillisecond) {
    const Table table = read_dated("40513.351388888892", "", "22");
    ASSERT_FALSE(table.failed) << table.error.message;
    EXPECT_EQ(table.rows[0].cells[1].value,
              OwnedCell(Cell(*parse_timestamp("2010-12-01T08:26:00.000Z"))).value);
    EXPECT_THAT(table.rows[0].texts, ElementsAre("1", "2010-12-01 08:26:00"));
}

TEST(XlsxReader, TellsDatesByTheirFormat) {
    EXPECT_EQ(read_dated("40513", "", "14").rows[0].texts[1], "2010-12-01 00:00:00");
    EXPECT_EQ(read_dated("40513", "", "0").rows[0].texts[1], "40513");
    const auto custom = [](std::string_view format) {
        return read_dated("40513.5",
                          fmt::format("<numFmt numFmtId=\"164\" formatCode=\"{}\"/>", format),
                          "164")
            .rows[0]
            .texts[1];
    };
    EXPECT_EQ(custom("dd/mm/yyyy"), "2010-12-01 12:00:00");
    EXPECT_EQ(custom("[$-409]d\\-mmm\\-yy;@"), "2010-12-01 12:00:00");
    EXPECT_EQ(custom("[Red]0.00 &quot;days&quot;"), "40513.5");
    // A format of its own under a built-in id wins.
    EXPECT_EQ(read_dated("40513.5", "<numFmt numFmtId=\"14\" formatCode=\"0.0\"/>", "14")
                  .rows[0]
                  .texts[1],
              "40513.5");
}

TEST(XlsxReader, CountsFrom1904WhereTheWorkbookDoes) {
    EXPECT_EQ(read_dated("39051.5", "", "14", "<workbookPr date1904=\"1\"/>").rows[0].texts[1],
              "2010-12-01 12:00:00");
    EXPECT_EQ(read_dated("0", "", "14", "<workbookPr date1904=\"true\"/>").rows[0].texts[1],
              "1904-01-01 00:00:00");
}

TEST(XlsxReader, LeavesNumbersThatAreNoDateAsTheyAre) {
    EXPECT_EQ(read_dated("-1", "", "14").rows[0].texts[1], "-1");
    EXPECT_EQ(read_dated("99999999", "", "14").rows[0].texts[1], "99999999");
}

Parts two_sheets() {
    Parts parts = workbook_parts("<row><c t=\"str\"><v>first</v></c></row>");
    parts["xl/workbook.xml"] =
        "<x:workbook xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\" xmlns:q=\"r\">"
        "<x:sheets><x:sheet name=\"Chart\" sheetId=\"9\" q:id=\"rId9\"/>"
        "<x:sheet name=\"Year 2009\" sheetId=\"1\" q:id=\"rId1\"/>"
        "<x:sheet name=\"A &amp; B\" sheetId=\"2\" q:id=\"rId2\"/></x:sheets></x:workbook>";
    parts["xl/_rels/workbook.xml.rels"] =
        "<Relationships>"
        "<Relationship Id=\"rId9\" Type=\"t/chartsheet\" Target=\"chartsheets/sheet1.xml\"/>"
        "<Relationship Id=\"rId1\" Type=\"t/worksheet\" Target=\"/xl/worksheets/sheet1.xml\"/>"
        "<Relationship Id=\"rId2\" Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/"
        "worksheet\" Target=\"../xl/./other.xml\"/>"
        "<Relationship Id=\"rId3\" Type=\"t/hyperlink\" Target=\"x\" TargetMode=\"External\"/>"
        "</Relationships>";
    parts["XL/other.xml"] =
        "<x:worksheet xmlns:x=\"s\"><x:sheetData><x:row><x:c t=\"str\"><x:v>second</x:v></x:c>"
        "</x:row></x:sheetData></x:worksheet>";
    return parts;
}

TEST(XlsxReader, FindsSheetsByTheirNames) {
    EXPECT_THAT(read_parts(two_sheets()).columns, ElementsAre("first"));
    const Table second = read_parts(two_sheets(), {.sheet = "a & b"});
    EXPECT_FALSE(second.failed) << second.error.message;
    EXPECT_THAT(second.columns, ElementsAre("second"));
    EXPECT_EQ(second.sheet, "A & B");
    expect_failure(read_parts(two_sheets(), {.sheet = "2011"}), ErrorCode::kInvalidArgument,
                   "there is no sheet '2011'; there are 'Year 2009', 'A & B'");
}

TEST(XlsxReader, RefusesAnEmptySheet) {
    expect_failure(read_sheet(""), ErrorCode::kEmptyInput, "has no rows");
    expect_failure(read_sheet("<row r=\"1\"><c r=\"A1\" s=\"1\"/></row>"), ErrorCode::kEmptyInput,
                   "has no rows");
    Parts parts = workbook_parts("");
    parts["xl/workbook.xml"] = "<workbook><sheets/></workbook>";
    expect_failure(read_parts(parts), ErrorCode::kEmptyInput, "no sheets");
}

TEST(XlsxReader, RefusesARowOf300Columns) {
    std::string cells;
    for (int i = 0; i < 300; ++i) cells += "<c><v>1</v></c>";
    expect_failure(read_sheet("<row r=\"4\">" + cells + "</row>"), ErrorCode::kLimitExceeded,
                   "row 4 has 300 columns, at most 256 are allowed (import.max_columns)");
}

TEST(XlsxReader, RefusesALongCell) {
    ReaderOptions options;
    options.limits.max_cell_bytes = 100;
    const std::string text(101, 'x');
    expect_failure(read_sheet("<row><c r=\"C1\" t=\"str\"><v>" + text + "</v></c></row>", options),
                   ErrorCode::kLimitExceeded, "sheet 'Data': cell C1: the cell has more than 100");
    expect_failure(
        read_parts(with_strings("<row/>", "<si><t>ok</t></si><si><t>" + text + "</t></si>"),
                   options),
        ErrorCode::kLimitExceeded, "text 1 has more than 100 bytes");
}

TEST(XlsxReader, RefusesTooManySharedTexts) {
    ReaderOptions options;
    options.limits.max_shared_string_bytes = 100;
    std::string items;
    for (int i = 0; i < 10; ++i) items += "<si><t>some text</t></si>";
    expect_failure(read_parts(with_strings("<row/>", items), options), ErrorCode::kLimitExceeded,
                   "the texts of the workbook");
}

TEST(XlsxReader, RefusesDamagedValuesWithTheirPlace) {
    const auto refuse = [](std::string_view cell, std::string_view message) {
        expect_failure(read_sheet(fmt::format("<row r=\"2\">{}</row>", cell)), ErrorCode::kCorrupt,
                       message);
    };
    refuse("<c r=\"B2\"><v>abc</v></c>", "sheet 'Data': cell B2: 'abc' is no number");
    refuse("<c r=\"B2\"><v>inf</v></c>", "cell B2: 'inf' is no number");
    refuse("<c r=\"B2\"><v>1e999</v></c>", "cell B2");
    refuse("<c r=\"B2\" t=\"b\"><v>2</v></c>", "cell B2: '2' is neither true nor false");
    refuse("<c r=\"B2\" t=\"s\"><v>0</v></c>", "cell B2: there is no shared text '0'");
    refuse("<c r=\"B2\" t=\"s\"><v>-1</v></c>", "cell B2: there is no shared text '-1'");
    refuse("<c r=\"22\"><v>1</v></c>", "row 2: '22' is no place of a cell");
    refuse("<c r=\"XFE2\"><v>1</v></c>", "row 2: 'XFE2' is no place of a cell");
    expect_failure(read_sheet("<row r=\"0\"/>"), ErrorCode::kCorrupt, "row number");
    expect_failure(read_sheet("<row r=\"x\"/>"), ErrorCode::kCorrupt, "row number");
    expect_failure(read_sheet("<row r=\"1048576\"/><row/>"), ErrorCode::kCorrupt, "row number");
}

TEST(XlsxReader, RefusesDamagedXml) {
    expect_failure(read_sheet("<row><c><v>1</c></row>"), ErrorCode::kCorrupt,
                   "sheet 'Data': its XML is damaged at line 1, column");
    Parts parts = workbook_parts("<row><c t=\"str\"><v>a</v></c></row>");
    parts[std::string(kSheetPart)].resize(200);
    expect_failure(read_parts(parts), ErrorCode::kCorrupt, "its XML is damaged");
    parts = workbook_parts("");
    parts["xl/workbook.xml"] = "<workbook>";
    expect_failure(read_parts(parts), ErrorCode::kCorrupt, "part xl/workbook.xml: its XML");
    parts = workbook_parts("");
    parts["xl/styles.xml"] = "<styleSheet";
    expect_failure(read_parts(parts), ErrorCode::kCorrupt, "part xl/styles.xml");
    parts = workbook_parts("");
    parts["xl/sharedStrings.xml"] = "<sst><si></sst>";
    expect_failure(read_parts(parts), ErrorCode::kCorrupt, "part xl/sharedStrings.xml");
}

TEST(XlsxReader, RefusesDocumentTypes) {
    Parts parts = workbook_parts("");
    parts[std::string(kSheetPart)] =
        "<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><worksheet><sheetData><row>"
        "<c t=\"str\"><v>&c;</v></c></row></sheetData></worksheet>";
    expect_failure(read_parts(parts), ErrorCode::kCorrupt, "document type");
}

TEST(XlsxReader, RefusesDeepNesting) {
    std::string open;
    for (int i = 0; i < 100'000; ++i) open += "<a>";
    expect_failure(read_sheet(open), ErrorCode::kCorrupt, "nested deeper");
}

TEST(XlsxReader, RefusesAnEndlessTag) {
    ReaderOptions options;
    options.limits.max_expansion_ratio = 1e9;
    expect_failure(read_sheet("<!--" + std::string(18 << 20, ' ') + "-->", options),
                   ErrorCode::kLimitExceeded, "a tag or comment");
}

TEST(XlsxReader, RefusesAnArchiveThatIsNoWorkbook) {
    expect_failure(read_parts({{"readme.txt", "hello"}}), ErrorCode::kCorrupt,
                   "is not an .xlsx workbook: the archive has no xl/workbook.xml");
    Parts parts = workbook_parts("");
    parts.erase("xl/_rels/workbook.xml.rels");
    expect_failure(read_parts(parts), ErrorCode::kCorrupt, "where sheet 'Data' is");
    parts = workbook_parts("");
    parts.erase(std::string(kSheetPart));
    expect_failure(read_parts(parts), ErrorCode::kCorrupt, "has no part xl/worksheets/sheet1.xml");
    parts = workbook_parts("");
    std::string& rels = parts["_rels/.rels"];
    rels.replace(rels.find("workbook.xml"), 12, "workbook.bin");
    expect_failure(read_parts(parts), ErrorCode::kInvalidArgument, ".xlsb");
}

TEST(XlsxReader, FindsTheWorkbookWithoutPackageRelationships) {
    Parts parts = workbook_parts("<row><c t=\"str\"><v>a</v></c></row>");
    parts.erase("_rels/.rels");
    EXPECT_THAT(read_parts(parts).columns, ElementsAre("a"));
}

TEST(XlsxReader, TakesUtf16Xml) {
    Parts parts = workbook_parts("");
    const std::string xml =
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?><worksheet><sheetData><row>"
        "<c t=\"str\"><v>a</v></c></row></sheetData></worksheet>";
    std::string wide = "\xFF\xFE";
    for (const char c : xml) {
        wide += c;
        wide += '\0';
    }
    parts[std::string(kSheetPart)] = wide;
    EXPECT_THAT(read_parts(parts).columns, ElementsAre("a"));
}

TEST(ResolvePart, FollowsRelativeTargets) {
    EXPECT_EQ(resolve_part("xl/workbook.xml", "worksheets/a.xml"), "xl/worksheets/a.xml");
    EXPECT_EQ(resolve_part("xl/b/c.xml", "../a.xml"), "xl/a.xml");
    EXPECT_EQ(resolve_part("xl/workbook.xml", "/a/./b//c.xml"), "a/b/c.xml");
    EXPECT_EQ(resolve_part("workbook.xml", "../../a.xml"), "a.xml");
}

TEST(ColumnOfReference, CountsInLetters) {
    EXPECT_EQ(column_of_reference("A1"), 0U);
    EXPECT_EQ(column_of_reference("Z9"), 25U);
    EXPECT_EQ(column_of_reference("AA12"), 26U);
    EXPECT_EQ(column_of_reference("XFD1"), 16383U);
    EXPECT_EQ(column_of_reference("XFE1"), std::nullopt);
    EXPECT_EQ(column_of_reference("1"), std::nullopt);
    for (std::size_t column = 0; column < 16384; column += 13) {
        EXPECT_EQ(column_of_reference(column_letters(column) + "7"), column);
    }
}

}  // namespace
}  // namespace attune::testing
