#include "serving/product_service.hpp"

#include <nlohmann/json.hpp>

#include "domain/json.hpp"

namespace attune {
namespace {

Result<Product> stored_product(Stores& stores, const std::string& id) {
    auto stored = stores.products().get(id);
    if (!stored && stored.error().code == ErrorCode::kNotFound) {
        return fail(ErrorCode::kNotFound, "there is no product '{}'", id);
    }
    return stored;
}

}  // namespace

Status ProductService::create(const Product& product) {
    ATTUNE_TRY(validate(product));
    std::uint64_t sequence = 0;
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        sequence = models_.next_sequence();
        ATTUNE_ASSIGN(const bool exists, stores.products().contains(product.id));
        if (exists) {
            return fail(ErrorCode::kConflict, "there is a product '{}' already", product.id);
        }
        ATTUNE_TRY(stores.products().put({&product, 1}));
        return {};
    }));
    return models_.change_product({product.id, sequence, product});
}

Result<Product> ProductService::change(const std::string& id, const ProductCheck& check,
                                       const std::function<Result<Product>(const Product&)>& make) {
    std::uint64_t sequence = 0;
    Product changed;
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        sequence = models_.next_sequence();
        ATTUNE_ASSIGN(const Product stored, stored_product(stores, id));
        if (check) ATTUNE_TRY(check(stored));
        ATTUNE_ASSIGN(changed, make(stored));
        ATTUNE_TRY(stores.products().put({&changed, 1}));
        return {};
    }));
    ATTUNE_TRY(models_.change_product({id, sequence, changed}));
    return changed;
}

Result<Product> ProductService::replace(const Product& product, const ProductCheck& check) {
    ATTUNE_TRY(validate(product));
    return change(product.id, check, [&](const Product&) -> Result<Product> { return product; });
}

Result<Product> ProductService::patch(const std::string& id, const nlohmann::json& merge_patch,
                                      const ProductCheck& check) {
    if (!merge_patch.is_object()) {
        return fail(ErrorCode::kInvalidArgument, "a merge patch must be a JSON object");
    }
    return change(id, check, [&](const Product& stored) -> Result<Product> {
        nlohmann::json document = to_json(stored);
        document.merge_patch(merge_patch);
        ATTUNE_ASSIGN(Product changed, product_from_json(document));
        if (changed.id != stored.id) {
            return fail(ErrorCode::kInvalidArgument, "id: the id of a product cannot be changed");
        }
        return changed;
    });
}

Status ProductService::remove(const std::string& id, const ProductCheck& check) {
    std::uint64_t sequence = 0;
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        sequence = models_.next_sequence();
        ATTUNE_ASSIGN(const Product stored, stored_product(stores, id));
        if (check) ATTUNE_TRY(check(stored));
        return stores.products().remove(id);
    }));
    return models_.change_product({id, sequence, std::nullopt});
}

}  // namespace attune
