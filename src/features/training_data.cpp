#include "features/training_data.hpp"

namespace attune {

TrainingData before(const TrainingData& data, Timestamp cut) {
    TrainingData kept{data.catalogue, data.customers, {}, {0}, cut};
    for (std::size_t c = 0; c < data.num_customers(); ++c) {
        for (const Interaction& interaction : data.history(CustomerIndex(c))) {
            if (interaction.time < cut) kept.interactions.push_back(interaction);
        }
        kept.offsets.push_back(kept.interactions.size());
    }
    return kept;
}

}  // namespace attune
