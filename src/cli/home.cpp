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

Result<fs::path> find_home() {
    if (const char* set = std::getenv("ATTUNE_HOME"); set != nullptr && *set != '\0') {
        if (is_home(set)) return fs::path(set);
        return fail(ErrorCode::kNotFound,
                    "ATTUNE_HOME is {}, but there is no config/mappings in it", set);
    }
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    for (const fs::path& start : {program, fs::current_path(ignored)}) {
        if (const fs::path found = nearest_home(start); !found.empty()) return found;
    }
    if (const fs::path shared = program.parent_path() / "share" / "attune"; is_home(shared)) {
        return shared;
    }
    return fail(ErrorCode::kNotFound,
                "config/mappings was found neither above {} nor above the working directory; set "
                "ATTUNE_HOME to the folder that holds it",
                program.string());
}

Result<fs::path> find_pack(const fs::path& home, const std::string& name) {
    std::error_code ignored;
    const fs::path pack = home / "data" / name / "pack.toml";
    if (is_plain_name(name) && fs::is_regular_file(pack, ignored)) return pack;
    return fail(ErrorCode::kNotFound, "there is no pack '{}'; there are {}", name,
                fmt::join(packs_in(home / "data"), ", "));
}

}  // namespace attune
