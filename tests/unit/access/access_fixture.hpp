#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "access/access_service.hpp"
#include "storage/stores.hpp"
#include "support/temporary_folder.hpp"

namespace attune {

/// Limits under which hashing takes no time worth mentioning.
AccessOptions quick_options();

/// A service on a database of its own, at a time that the test sets.
class AccessFixture : public ::testing::Test {
 protected:
    void SetUp() override;
    void open_service();

    /// An account whose password is `password_of(name)`, which it need not change.
    void add_account(const std::string& name, Role role);
    static std::string password_of(const std::string& name);
    SignedIn sign_in(const std::string& name);
    /// The code of the refusal; fails the test when there is none.
    ErrorCode refusal(const std::string& credential);
    void put_customers();
    void pass_s(std::int64_t seconds) { clock_.set(Timestamp{clock_.now().ms + seconds * 1'000}); }

    TemporaryFolder folder_;
    FixedClock clock_{Timestamp{1'700'000'000'000}};
    AccessOptions options_ = quick_options();
    std::unique_ptr<Database> database_;
    std::unique_ptr<AccessService> service_;
};

}  // namespace attune
