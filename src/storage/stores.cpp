#include "storage/stores.hpp"

namespace attune {

PutCounts& PutCounts::operator+=(const PutCounts& other) {
    added += other.added;
    changed += other.changed;
    unchanged += other.unchanged;
    return *this;
}

}  // namespace attune
