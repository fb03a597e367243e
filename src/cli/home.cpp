#include "cli/home.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace attune {
namespace fs = std::filesystem;
namespace {

bool is_home(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_directory(folder / "config" / "mappings", ignored);
}

fs::path nearest_home(fs::path folder) {
    for (; !folder.empty(); folder = folder.parent_path()) {
        if (is_home(folder)) return folder;
        if (folder == folder.root_path()) break;
    }
    return {};
}

std::vector<std::string> packs_in(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
        if (fs::exists(entry.path() / "pack.toml", ignored)) {
            names.push_back(entry.path().filename().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// Names only, so that "../x" cannot leave the folder.
bool is_plain_name(const std::string& name) {
    return !name.empty() && name.find_first_of("/\\") == std::string::npos && name[0] != '.';
}

}  // namespace

Result<fs::path> find_home(const HomePlaces& places) {
    if (!places.set.empty()) {
        if (is_home(places.set)) return fs::path(places.set);
        return fail(ErrorCode::kNotFound,
                    "ATTUNE_HOME is {}, but there is no config/mappings in it", places.set);
    }
    const fs::path shared = places.program.parent_path() / "share" / "attune";
    if (is_home(shared)) return shared;
    for (const fs::path& start : {places.program, places.work_dir}) {
        if (const fs::path found = nearest_home(start); !found.empty()) return found;
    }
    return fail(ErrorCode::kNotFound,
                "config/mappings was found neither in {} nor above {} nor above {}; set "
                "ATTUNE_HOME to the folder that holds it",
                shared.string(), places.program.string(), places.work_dir.string());
}

Result<fs::path> find_home() {
    std::error_code ignored;
    HomePlaces places;
    if (const char* set = std::getenv("ATTUNE_HOME")) places.set = set;
    places.program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    places.work_dir = fs::current_path(ignored);
    return find_home(places);
}

Result<fs::path> find_pack(const fs::path& home, const std::string& name) {
    std::error_code ignored;
    const fs::path pack = home / "data" / name / "pack.toml";
    if (is_plain_name(name) && fs::is_regular_file(pack, ignored)) return pack;
    return fail(ErrorCode::kNotFound, "there is no pack '{}'; there are {}", name,
                fmt::join(packs_in(home / "data"), ", "));
}

}  // namespace attune
