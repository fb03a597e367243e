#include "http/job_json.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

namespace attune {

nlohmann::json job_json(const Job& job) {
    nlohmann::json body = to_json(job);
    nlohmann::json& parameters = body["parameters"];
    if (!parameters.is_object()) return body;
    parameters.erase("remove_files");
    for (const char* of_request : {"key", "sent"}) parameters.erase(of_request);
    if (!parameters.contains("files")) return body;
    for (nlohmann::json& file : parameters["files"]) {
        const std::filesystem::path path = file.value("path", "");
        file["path"] = file.value("name", path.filename().string());
        file.erase("name");
    }
    return body;
}

}  // namespace attune
