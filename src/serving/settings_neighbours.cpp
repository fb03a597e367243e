#include "serving/settings_neighbours.hpp"

#include <fmt/ranges.h>

#include <string>

#include "serving/setting_values.hpp"

namespace attune {

void add_neighbour_settings(std::vector<Setting>& schema) {
    const ModelOptions base;
    const ItemKnnOptions& item = base.item_knn;
    const UserKnnOptions& user = base.user_knn;
    schema.push_back({"item_knn.neighbours", whole_number(item.similarity.num_neighbours),
                      "Most similar products kept of each product.", 1, 10'000});
    schema.push_back({"item_knn.half_life_days", item.target_half_life_days,
                      "Days after which a purchase counts half for what is recommended; 0: never. "
                      "Of the similarity weighted_cosine only.",
                      0, 36'500});
    schema.push_back({"item_knn.similarity",
                      std::string(similarity_measure_name(item.similarity.measure)),
                      fmt::format("How alike two products are: {}.",
                                  fmt::join(similarity_measure_names(), ", "))});
    schema.push_back({"user_knn.neighbours", whole_number(user.num_neighbours),
                      "Most similar customers whose products count.", 1, 100'000});
    schema.push_back({"user_knn.similarity", std::string(similarity_measure_name(user.measure)),
                      fmt::format("How alike two customers are: {}.",
                                  fmt::join(similarity_measure_names(), ", "))});
    schema.push_back({"user_knn.half_life_days", user.target_half_life_days,
                      "Days after which a neighbour's purchase counts half; 0: never.", 0, 36'500});
}

Status read_neighbour_settings(const Config& config, ModelOptions& options) {
    ItemSimilarityOptions& similarity = options.item_knn.similarity;
    similarity.num_neighbours = size_of(config, "item_knn.neighbours");
    options.item_knn.target_half_life_days = config.number("item_knn.half_life_days");
    const auto measure = parse_similarity_measure(config.text("item_knn.similarity"));
    if (!measure) return fail(measure.error().at("item_knn.similarity"));
    similarity.measure = *measure;
    const auto of_users = parse_similarity_measure(config.text("user_knn.similarity"));
    if (!of_users) return fail(of_users.error().at("user_knn.similarity"));
    options.user_knn.measure = *of_users;
    options.user_knn.num_neighbours = size_of(config, "user_knn.neighbours");
    options.user_knn.target_half_life_days = config.number("user_knn.half_life_days");
    return {};
}

}  // namespace attune
