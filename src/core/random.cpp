#include "core/random.hpp"

#include <bit>
#include <cmath>

#include "core/assert.hpp"

namespace attune {

Random::Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
        seed += 0x9E3779B97F4A7C15ULL;
        std::uint64_t mixed = seed;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
        word = mixed ^ (mixed >> 31);
    }
}

std::uint64_t Random::next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

double Random::uniform() {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::size_t Random::below(std::size_t bound) {
    ATTUNE_ASSERT(bound > 0);
    // Rejects the short last stretch, so that every value is equally likely.
    const std::uint64_t limit = -static_cast<std::uint64_t>(bound) % bound;
    std::uint64_t drawn = next();
    while (drawn < limit) drawn = next();
    return drawn % bound;
}

double Random::normal() {
    double u = 0;
    double square = 0;
    do {
        u = 2 * uniform() - 1;
        const double v = 2 * uniform() - 1;
        square = u * u + v * v;
    } while (square >= 1 || square == 0);
    return u * std::sqrt(-2 * std::log(square) / square);
}

Random Random::split() {
    return Random(next());
}

}  // namespace attune
