#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/excel_time.hpp"
#include "ingest/zip_archive.hpp"

namespace attune {

struct XlsxSheet {
    std::string name;
    std::string part;  ///< its name in the archive
};

/// What a workbook consists of.
struct XlsxPackage {
    std::vector<XlsxSheet> sheets;    ///< in the workbook's order; without chart sheets
    std::string shared_strings_part;  ///< "" when there is none
    std::string styles_part;          ///< likewise
    ExcelEpoch epoch = ExcelEpoch::k1900;
};

/// @errors kCorrupt: no workbook in it, or damaged; kInvalidArgument: a binary workbook (.xlsb);
///         those of ZipArchive::open_part
Result<XlsxPackage> read_xlsx_package(ZipArchive& archive);

/// Finds a sheet by its name, whatever its case; "" finds the first.
/// @errors kInvalidArgument lists the sheets that are there; kEmptyInput: there is none
Result<XlsxSheet> find_sheet(const XlsxPackage& package, const std::string& name);

/// The number formats of a workbook: whether cells of a style show dates.
/// @errors kCorrupt; kLimitExceeded: more styles than a workbook may have
Result<std::vector<bool>> read_date_styles(ZipArchive& archive, const std::string& part);

/// The part that `target` names, seen from `base_part`: "../a.xml" from "xl/b/c.xml" is "xl/a.xml".
std::string resolve_part(std::string_view base_part, std::string_view target);

}  // namespace attune
