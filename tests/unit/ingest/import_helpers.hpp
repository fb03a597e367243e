#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "ingest/fake_rows.hpp"
#include "ingest/importer.hpp"
#include "support/source_path.hpp"
#include "support/temporary_folder.hpp"

namespace attune {

inline const std::vector<std::string> kRetail{"InvoiceNo",   "StockCode", "Description", "Quantity",
                                              "InvoiceDate", "UnitPrice", "CustomerID",  "Country"};

inline Mapping ready(const std::string& name) {
    auto mapping = load_mapping(source_path("config/mappings/") + name + ".toml");
    EXPECT_TRUE(mapping) << mapping.error().message;
    return std::move(*mapping);
}

inline Mapping parsed(std::string_view text) {
    TemporaryFolder folder;
    auto mapping = load_mapping(folder.write("test.toml", text));
    EXPECT_TRUE(mapping) << mapping.error().message;
    return std::move(*mapping);
}

struct Imported {
    ImportReport report;
    KeptRecords kept;
};

inline Imported import(RowReader&& reader, const Mapping& mapping,
                       OnError on_error = OnError::kSkip) {
    Imported result;
    NullProgress progress;
    ImportOptions options;
    options.on_error = on_error;
    options.file = "file.csv";
    auto report = import_rows(reader, mapping, options, result.kept, progress);
    EXPECT_TRUE(report) << report.error().message;
    if (report) result.report = std::move(*report);
    return result;
}

inline Error import_error(RowReader&& reader, const Mapping& mapping, ImportOptions options = {}) {
    KeptRecords kept;
    NullProgress progress;
    options.file = "file.csv";
    const auto report = import_rows(reader, mapping, options, kept, progress);
    EXPECT_FALSE(report);
    return report ? Error{} : report.error();
}

inline nlohmann::json cdr_product() {
    return {{"productId", "P1"},
            {"_brand", "A Bank"},
            {"productCategory", "TERM_DEPOSITS"},
            {"name", "Saver"},
            {"description", "Saves."},
            {"isTailored", false},
            {"effectiveFrom", "2021-06-24T14:00:00.000Z"},
            {"effectiveTo", "2022-06-24T14:00:00.000Z"},
            {"features",
             {{{"featureType", "CARD"}, {"additionalValue", "Visa"}, {"additionalInfo", "debit"}}}},
            {"fees",
             {{{"name", "Monthly"}, {"feeType", "PERIODIC"}, {"amount", "5.00"}},
              {{"name", "Abroad"}, {"amount", "3"}, {"currency", "DKK"}},
              {{"name", "In words"}, {"additionalInfo", "ask"}}}},
            {"lendingRates",
             {{{"lendingRateType", "FIXED"}, {"rate", "5.9"}},
              {{"lendingRateType", "FIXED"}, {"rate", "0.059"}}}},
            {"depositRates",
             {{{"depositRateType", "FIXED"}, {"rate", "0.25"}},
              {{"depositRateType", "BONUS"}, {"rate", 0.04}, {"additionalValue", "P1Y"}},
              {{"depositRateType", "BONUS"}, {"rate", ""}}}},
            {"eligibility", {{{"eligibilityType", "MIN_AGE"}, {"additionalValue", "18"}}}}};
}

}  // namespace attune
