#include "serving/train_service.hpp"

#include "serving/training_data_loader.hpp"

namespace attune {

Result<std::shared_ptr<const ModelSnapshot>> train_and_save(Database& database,
                                                            const TrainRequest& request,
                                                            const Clock& clock, ThreadPool& pool,
                                                            Progress& progress) {
    auto snapshot = std::make_shared<ModelSnapshot>();
    snapshot->trained_at = clock.now();
    snapshot->event_weights = request.event_weights;
    // Before the data: what is written meanwhile makes the snapshot look older than it is, which
    // is the safe side.
    ATTUNE_ASSIGN(snapshot->database_revision, database.revision());
    TrainingDataOptions loading;
    loading.weights = request.event_weights;
    loading.now = snapshot->trained_at;
    ATTUNE_ASSIGN(const TrainingData data, load_training_data(database, loading, progress));
    snapshot->as_of = data.as_of;
    snapshot->catalogue = data.catalogue;
    ATTUNE_ASSIGN(TrainedModels trained, train_models(data, request.options, pool, progress));
    snapshot->models = std::move(trained.models);
    snapshot->blend = std::move(trained.blend);
    snapshot->cold_blend = std::move(trained.cold_blend);
    snapshot->report = std::move(trained.report);
    snapshot->report["data"] = {{"customers", data.num_customers()},
                                {"products", data.num_products()},
                                {"events", data.interactions.size()},
                                {"as_of", format_timestamp(data.as_of)}};
    snapshot->version =
        make_version(snapshot->trained_at, snapshot->database_revision, snapshot->report);
    ATTUNE_TRY(save_snapshot(*snapshot, request.folder, request.num_kept));
    return std::shared_ptr<const ModelSnapshot>(std::move(snapshot));
}

}  // namespace attune
