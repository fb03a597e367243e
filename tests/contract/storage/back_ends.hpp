#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "storage/stores.hpp"
#include "support/temporary_folder.hpp"

namespace attune {

/// A back end under test: where a database that nobody has used yet is.
struct BackEnd {
    std::string name;
    std::string (*fresh_url)(const std::filesystem::path& folder);
};

/// All that implement the ports; a new one is added here and nowhere else.
const std::vector<BackEnd>& back_ends();

class StorageContract : public ::testing::TestWithParam<BackEnd> {
 protected:
    void SetUp() override;
    void open(const DatabaseOptions& options = {});

    /// Fail the test when `work` does.
    void write(const std::function<Status(Stores&)>& work);
    void read(const std::function<Status(Stores&)>& work);

    /// Customers c1, c2, c3 and products p1, p2.
    void put_nouns();

    TemporaryFolder folder_;
    std::string url_;
    std::unique_ptr<Database> database_;
};

Customer make_customer(const std::string& id, const std::string& name = "Name");
Product make_product(const std::string& id, const std::string& name = "Product");
Event make_event(const std::string& id, const std::string& customer_id, std::int64_t day,
                 const std::string& product_id = "p1");

#define ATTUNE_FOR_ALL_BACK_ENDS(suite)                                                   \
    INSTANTIATE_TEST_SUITE_P(BackEnds, suite, ::testing::ValuesIn(::attune::back_ends()), \
                             [](const auto& back_end) { return back_end.param.name; })

}  // namespace attune
