#include "contract/storage/back_ends.hpp"

namespace attune {

const std::vector<BackEnd>& back_ends() {
    static const std::vector<BackEnd> all{{"Sqlite", [](const std::filesystem::path& folder) {
                                               return "sqlite:" + (folder / "attune.db").string();
                                           }}};
    return all;
}

void StorageContract::SetUp() {
    url_ = GetParam().fresh_url(folder_.path());
    open();
}

void StorageContract::open(const DatabaseOptions& options) {
    database_.reset();
    auto opened = open_database(url_, options);
    ASSERT_TRUE(opened) << opened.error().message;
    database_ = std::move(*opened);
}

void StorageContract::write(const std::function<Status(Stores&)>& work) {
    const Status status = database_->write(work);
    ASSERT_TRUE(status) << status.error().message;
}

void StorageContract::read(const std::function<Status(Stores&)>& work) {
    const Status status = database_->read(work);
    ASSERT_TRUE(status) << status.error().message;
}

void StorageContract::put_nouns() {
    write([](Stores& stores) -> Status {
        const std::vector customers{make_customer("c1"), make_customer("c2"), make_customer("c3")};
        const std::vector products{make_product("p1"), make_product("p2")};
        ATTUNE_TRY(stores.customers().put(customers));
        ATTUNE_TRY(stores.products().put(products));
        return {};
    });
}

Customer make_customer(const std::string& id, const std::string& name) {
    Customer customer;
    customer.id = id;
    customer.name = name;
    return customer;
}

Product make_product(const std::string& id, const std::string& name) {
    Product product;
    product.id = id;
    product.name = name;
    product.category = "CARDS";
    return product;
}

Event make_event(const std::string& id, const std::string& customer_id, std::int64_t day,
                 const std::string& product_id) {
    Event event;
    event.id = id;
    event.customer_id = customer_id;
    event.product_id = product_id;
    event.time = Timestamp{day * kMsPerDay};
    return event;
}

}  // namespace attune
