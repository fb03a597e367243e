#include "unit/access/access_fixture.hpp"

namespace attune {

AccessOptions quick_options() {
    AccessOptions options;
    options.password_memory_mib = 8;
    options.password_passes = 1;
    return options;
}

void AccessFixture::SetUp() {
    auto opened = open_database("sqlite:" + (folder_ / "attune.db").string());
    ASSERT_TRUE(opened) << opened.error().message;
    database_ = std::move(*opened);
    open_service();
}

void AccessFixture::open_service() {
    service_.reset();
    auto service = AccessService::open(*database_, clock_, options_);
    ASSERT_TRUE(service) << service.error().message;
    service_ = std::move(*service);
}

std::string AccessFixture::password_of(const std::string& name) {
    return "the quiet fox of " + name.substr(0, 3);
}

void AccessFixture::add_account(const std::string& name, Role role) {
    const auto issued =
        service_->accounts().create({.name = name, .display_name = "", .role = role});
    ASSERT_TRUE(issued) << issued.error().message;
    const auto session = service_->sessions().sign_in(name, issued->one_time_password);
    ASSERT_TRUE(session) << session.error().message;
    const Principal principal = std::get<SignedIn>(*session).principal;
    const Status changed = service_->sessions().change_password(
        principal, issued->one_time_password, password_of(name));
    ASSERT_TRUE(changed) << changed.error().message;
    ASSERT_TRUE(service_->sessions().sign_out(principal));
}

SignedIn AccessFixture::sign_in(const std::string& name) {
    auto session = service_->sessions().sign_in(name, password_of(name));
    if (!session || !std::holds_alternative<SignedIn>(*session)) {
        ADD_FAILURE() << name << " cannot sign in";
        return {};
    }
    return std::get<SignedIn>(std::move(*session));
}

ErrorCode AccessFixture::refusal(const std::string& credential) {
    const auto principal = service_->authenticate(credential);
    if (principal) {
        ADD_FAILURE() << "a credential of " << principal->key() << " was accepted";
        return ErrorCode::kInternal;
    }
    return principal.error().code;
}

void AccessFixture::put_customers() {
    const Status status = database_->write([](Stores& stores) -> Status {
        std::vector<Customer> customers(3);
        for (std::size_t i = 0; i < customers.size(); ++i) {
            customers[i].id = "c" + std::to_string(i + 1);
        }
        ATTUNE_TRY(stores.customers().put(customers));
        return {};
    });
    ASSERT_TRUE(status) << status.error().message;
}

}  // namespace attune
