// Holds docs/mappings.md to what the code knows.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "ingest/record_fields.hpp"
#include "support/source_path.hpp"

namespace attune {
namespace {

std::string documented_fields() {
    std::ifstream stream(source_path("docs/mappings.md"));
    std::string rows;
    bool in_table = false;
    for (std::string line; std::getline(stream, line);) {
        if (line.starts_with("| kind | field |")) {
            in_table = true;
            std::getline(stream, line);  // the rule below the header
        } else if (in_table && !line.starts_with('|')) {
            break;
        } else if (in_table) {
            // Without the last column, which only people read.
            const std::size_t end = line.rfind('|', line.size() - 2);
            rows += line.substr(0, end) + '\n';
        }
    }
    return rows;
}

TEST(Documentation, ListsEveryFieldOfEveryKind) {
    constexpr std::array kNames{"customer",  "product", "event",   "transaction", "post",
                                "household", "consent", "feature", "fee",         "rate"};
    std::string expected;
    for (std::size_t owner = 0; owner < kNames.size(); ++owner) {
        for (const FieldInfo& info : fields_of(static_cast<FieldOwner>(owner))) {
            expected += fmt::format("| {} | `{}` | {} |{}\n", kNames[owner], info.name,
                                    field_type_name(info.type), info.required ? " yes " : " ");
        }
    }
    EXPECT_EQ(documented_fields(), expected);
}

}  // namespace
}  // namespace attune
