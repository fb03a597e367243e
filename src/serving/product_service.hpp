#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/result.hpp"
#include "domain/product.hpp"
#include "serving/model_holder.hpp"
#include "storage/stores.hpp"

namespace attune {

/// Looks at the product as stored before it is changed, within the same transaction: an error
/// leaves everything as it was. Empty: no check.
using ProductCheck = std::function<Status(const Product& stored)>;

/// Changes products durably and has them in force before it returns (ModelHolder says how far).
///
/// @threads every member may be called from many threads
class ProductService {
 public:
    /// @lifetime borrows both
    ProductService(Database& database, ModelHolder& models)
        : database_(database), models_(models) {}

    /// @errors kConflict: there is one of this id; those of validate and the store
    Status create(const Product& product);
    /// @errors kNotFound; those of the check, validate and the store
    Result<Product> replace(const Product& product, const ProductCheck& check);
    /// Changes the fields that an RFC 7396 merge patch names.
    /// @errors kNotFound; kInvalidArgument: no valid product comes out, or another id
    Result<Product> patch(const std::string& id, const nlohmann::json& merge_patch,
                          const ProductCheck& check);
    /// @errors kNotFound; kConflict: events refer to it
    Status remove(const std::string& id, const ProductCheck& check);

 private:
    Result<Product> change(const std::string& id, const ProductCheck& check,
                           const std::function<Result<Product>(const Product&)>& make);

    Database& database_;
    ModelHolder& models_;
};

}  // namespace attune
