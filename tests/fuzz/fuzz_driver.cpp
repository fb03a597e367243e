// Stands in for libFuzzer where the compiler has none: every seed, every truncation of the small
// ones, then seeded mutations until the time is over. The input of a crash is left in the file
// crash-<name of the program>, and given as an argument it is tried again.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/random.hpp"
#include "fuzz/fuzz.hpp"

// There when a sanitizer is linked in.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

using attune::Random;

constexpr std::size_t kMaxInputBytes = 1 << 16;
constexpr std::size_t kMaxTruncatedBytes = 2000;
constexpr std::uint64_t kSeed = 20240229;

std::string current_input;  // for the handler of a crash
std::string crash_path;

void keep_input() {
    std::FILE* file = std::fopen(crash_path.c_str(), "wb");
    if (file == nullptr) return;
    std::fwrite(current_input.data(), 1, current_input.size(), file);
    std::fclose(file);
}

void on_abort(int signal) {
    keep_input();
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void try_input(std::string input) {
    current_input = std::move(input);
    // A copy of the exact size, so that a read past its end is seen.
    const std::vector<std::uint8_t> bytes(current_input.begin(), current_input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::size_t position_in(const std::string& text, Random& random) {
    return random.below(text.size() + 1);
}

/// Changes `input` a little, in one of the ways that parsers stumble over.
void mutate(std::string& input, const std::vector<std::string>& seeds, Random& random) {
    static constexpr std::string_view kPieces[] = {"\"",    "\"\"",     ",",
                                                   ";",     "\n",       "\r",
                                                   "\r\n",  "{",        "}",
                                                   "[",     "]",        ":",
                                                   "<",     "/>",       "&",
                                                   "0",     "-1",       "99999999999999999999",
                                                   "1e999", "\xFF",     "\xEF\xBB\xBF",
                                                   "\xC3",  "\xF0\x9F", "_x0000_"};
    const std::size_t at = position_in(input, random);
    const std::size_t count = random.below(1 + std::min<std::size_t>(input.size() - at, 64));
    switch (random.below(7)) {
        case 0:
            if (at < input.size()) input[at] = static_cast<char>(random.below(256));
            break;
        case 1:
            if (at < input.size())
                input[at] = static_cast<char>(input[at] ^ (1 << random.below(8)));
            break;
        case 2:
            input.erase(at, count);
            break;
        case 3:
            input.insert(at, input.substr(at, count));
            break;
        case 4:
            input.insert(at, kPieces[random.below(std::size(kPieces))]);
            break;
        case 5: {
            const std::string& other = seeds[random.below(seeds.size())];
            const std::size_t from = position_in(other, random);
            input.insert(at, other.substr(from, random.below(64)));
            break;
        }
        default:
            input.insert(at, 1 + random.below(300), static_cast<char>(random.below(256)));
            break;
    }
    if (input.size() > kMaxInputBytes) input.resize(kMaxInputBytes);
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void add_seeds(const std::filesystem::path& path, std::vector<std::string>& seeds) {
    if (!std::filesystem::is_directory(path)) {
        seeds.push_back(read_file(path));
        return;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) seeds.push_back(read_file(file));
}

}  // namespace

int main(int argc, char** argv) {
    double seconds = 4;
    std::vector<std::string> seeds = attune::fuzz_seeds();
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            seconds = std::strtod(argv[++i], nullptr);
        } else {
            add_seeds(argv[i], seeds);
        }
    }
    seeds.emplace_back();
    crash_path = "crash-" + std::filesystem::path(argv[0]).filename().string();
    std::signal(SIGABRT, on_abort);
    if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(keep_input);

    std::size_t num_inputs = 0;
    for (const std::string& seed : seeds) {
        try_input(seed);
        ++num_inputs;
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    const auto in_time = [&] { return std::chrono::steady_clock::now() < end; };
    for (const std::string& seed : seeds) {
        if (seed.size() > kMaxTruncatedBytes) continue;
        for (std::size_t size = 0; size < seed.size() && in_time(); ++size, ++num_inputs) {
            try_input(seed.substr(0, size));
        }
    }
    Random random(kSeed);
    while (in_time()) {
        std::string input = seeds[random.below(seeds.size())];
        for (std::size_t i = 1 + random.below(6); i > 0; --i) mutate(input, seeds, random);
        try_input(std::move(input));
        ++num_inputs;
    }
    std::printf("%zu inputs of %zu seeds\n", num_inputs, seeds.size());
    return 0;
}
