#pragma once

#include <vector>

#include "core/config.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "explain/reasons.hpp"
#include "ingest/importer.hpp"
#include "ingest/row_reader.hpp"
#include "ranking/constraints.hpp"
#include "ranking/pipeline.hpp"
#include "serving/training.hpp"
#include "storage/stores.hpp"

namespace attune {

/// Every key of the configuration: config/attune.example.toml is made of it.
const std::vector<Setting>& settings_schema();

/// What the configuration says to each part.
DatabaseOptions database_options(const Config& config);
ReaderLimits reader_limits(const Config& config);
/// @param now  what happened later is refused, but for the skew that events may have
/// @errors kInvalidArgument: import.on_error
Result<ImportOptions> import_options(const Config& config, Timestamp now);
EventWeights event_weights(const Config& config);
/// @errors kInvalidArgument: a rule or a category that does not exist: a misspelt one would switch
///         a safeguard off
Result<ConstraintRules> constraint_rules(const Config& config, const Catalogue& catalogue);
RankOptions rank_options(const Config& config);
/// @errors kInvalidArgument: a protected field among those that may be said
Result<ReasonOptions> reason_options(const Config& config);
/// @errors kInvalidArgument: weights that cannot be read, a recommender that does not exist
Result<TrainingOptions> training_options(const Config& config);

/// Reads "als=0.4, item_knn=0.6".
/// @errors kInvalidArgument: not of this form, a negative weight
Result<ModelWeights> parse_weights(std::string_view text, std::string_view key);

/// Reads "a, b, c"; blanks around the names are dropped, and empty names.
std::vector<std::string> parse_names(std::string_view text);

}  // namespace attune
