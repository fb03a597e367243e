#include "serving/training_data_loader.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace attune {
namespace {

template <typename Store, typename Record>
Status read_all(Store& store, std::size_t page_size, std::vector<Record>& target) {
    Page page{"", page_size};
    for (;;) {
        ATTUNE_ASSIGN(std::vector<Record> records, store.list(page));
        if (records.empty()) return {};
        page.after = records.back().id;
        std::move(records.begin(), records.end(), std::back_inserter(target));
    }
}

Result<std::shared_ptr<const Catalogue>> read_catalogue(ProductStore& store,
                                                        std::size_t page_size) {
    std::vector<Product> products;
    ATTUNE_TRY(read_all(store, page_size, products));
    if (products.empty()) {
        return fail(ErrorCode::kNotFound,
                    "the database has no products yet; import some with `attune import`");
    }
    return std::make_shared<const Catalogue>(std::move(products));
}

/// Customers who refuse personalization at `now`.
Result<std::unordered_set<std::string>> read_refusals(ConsentStore& consents, Timestamp now) {
    std::unordered_set<std::string> refused;
    std::vector<Consent> of_one;
    const auto close_customer = [&] {
        if (personalization_refused(of_one, now)) refused.insert(of_one.front().customer_id);
        of_one.clear();
    };
    ATTUNE_TRY(consents.for_each([&](const Consent& consent) -> Status {
        if (!of_one.empty() && of_one.front().customer_id != consent.customer_id) close_customer();
        of_one.push_back(consent);
        return {};
    }));
    close_customer();
    return refused;
}

/// Groups the events, which come by customer and time, under the customers' indexes.
class HistoryBuilder {
 public:
    HistoryBuilder(TrainingData& data, const TrainingDataOptions& options,
                   const std::unordered_set<std::string>& refused)
        : data_(data), options_(options), refused_(refused) {}

    Status add(const Event& event) {
        while (customer_ < data_.num_customers() &&
               data_.customers[customer_].id < event.customer_id) {
            close_customer();
        }
        const bool known =
            customer_ < data_.num_customers() && data_.customers[customer_].id == event.customer_id;
        const bool future = event.time > options_.now;
        if (!known || future || refused_.contains(event.customer_id)) return {};
        if (const auto interaction = to_interaction(event, *data_.catalogue, options_.weights)) {
            data_.interactions.push_back(*interaction);
            latest_ = std::max(latest_, event.time);
        }
        return {};
    }

    void finish() {
        while (customer_ < data_.num_customers()) close_customer();
        const Timestamp after_all{latest_.ms + 1};
        data_.as_of = data_.interactions.empty() ? options_.now : after_all;
    }

 private:
    void close_customer() {
        data_.offsets.push_back(data_.interactions.size());
        ++customer_;
    }

    TrainingData& data_;
    const TrainingDataOptions& options_;
    const std::unordered_set<std::string>& refused_;
    std::size_t customer_ = 0;
    Timestamp latest_{0};
};

}  // namespace

Result<std::shared_ptr<const Catalogue>> load_catalogue(Database& database) {
    std::shared_ptr<const Catalogue> catalogue;
    ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(catalogue,
                      read_catalogue(stores.products(), TrainingDataOptions{}.page_size));
        return {};
    }));
    return catalogue;
}

Result<TrainingData> load_training_data(Database& database, const TrainingDataOptions& options,
                                        Progress& progress) {
    TrainingData data;
    data.offsets = {0};
    const Status status = database.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(data.catalogue, read_catalogue(stores.products(), options.page_size));
        ATTUNE_TRY(read_all(stores.customers(), options.page_size, data.customers));
        ATTUNE_ASSIGN(const auto refused, read_refusals(stores.consents(), options.now));

        ATTUNE_ASSIGN(const std::size_t num_events, stores.events().count());
        const ProgressStage stage(progress, "reading events", num_events);
        data.interactions.reserve(num_events);
        HistoryBuilder builder(data, options, refused);
        std::uint64_t done = 0;
        ATTUNE_TRY(stores.events().for_each({}, [&](const Event& event) -> Status {
            if (++done % 50'000 == 0) {
                progress.advance(done);
                if (progress.cancelled()) return fail(ErrorCode::kCancelled, "reading was stopped");
            }
            return builder.add(event);
        }));
        builder.finish();
        for (Customer& customer : data.customers) {
            if (refused.contains(customer.id)) {
                Customer unknown;
                unknown.id = customer.id;
                unknown.kind = customer.kind;
                customer = std::move(unknown);
            }
        }
        return {};
    });
    ATTUNE_TRY(status);
    return data;
}

}  // namespace attune
