// Gives the seeds of a target to libFuzzer: they are tried before anything else, and mixed into
// what it makes.

#include <algorithm>
#include <random>

#include "fuzz/fuzz.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    for (const std::string& seed : attune::fuzz_seeds()) {
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(seed.data()), seed.size());
    }
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
    static const std::vector<std::string> seeds = attune::fuzz_seeds();
    std::minstd_rand random(seed);
    if (!seeds.empty() && random() % 64 == 0) {
        const std::string& start = seeds[random() % seeds.size()];
        size = std::min(start.size(), max_size);
        std::copy_n(start.data(), size, reinterpret_cast<char*>(data));
    }
    return LLVMFuzzerMutate(data, size, max_size);
}
