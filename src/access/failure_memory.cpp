#include "access/failure_memory.hpp"

#include <algorithm>

namespace attune {

FailureMemory::Failures FailureMemory::of(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(name);
    return found == names_.end() ? Failures{} : found->second;
}

void FailureMemory::set(std::string_view name, const Failures& failures) {
    const std::lock_guard lock(mutex_);
    names_.insert_or_assign(std::string(name), failures);
    if (names_.size() <= max_names_) return;
    names_.erase(std::min_element(names_.begin(), names_.end(), [](const auto& a, const auto& b) {
        return a.second.last < b.second.last;
    }));
}

}  // namespace attune
