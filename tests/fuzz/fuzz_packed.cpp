#include <lzma.h>
#include <zlib.h>

#include "fuzz/fuzz_rows.hpp"
#include "ingest/byte_source.hpp"

namespace {

std::string gzip(std::string_view bytes) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
    std::string packed(deflateBound(&stream, bytes.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

std::string xz(std::string_view bytes) {
    std::string packed(lzma_stream_buffer_bound(bytes.size()), '\0');
    std::size_t size = 0;
    const auto* in = reinterpret_cast<const std::uint8_t*>(bytes.data());
    attune::fuzz_require(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, nullptr, in, bytes.size(),
                                                 reinterpret_cast<std::uint8_t*>(packed.data()),
                                                 &size, packed.size()) == LZMA_OK);
    packed.resize(size);
    return packed;
}

void unpack(std::unique_ptr<attune::ByteSource> source) {
    std::string buffer(1000, '\0');
    std::size_t total = 0;
    while (true) {
        const auto count = source->read(buffer);
        attune::fuzz_require(source->progress() >= 0 && source->progress() <= 1);
        if (!count || *count == 0) break;
        total += *count;
    }
    attune::fuzz_require(total <= attune::fuzz_limits().max_unpacked_bytes);
}

}  // namespace

std::vector<std::string> attune::fuzz_seeds() {
    const std::string text = "id,name\n1,some text that repeats, repeats, repeats\n";
    return {gzip(text),
            xz(text),
            gzip(text) + gzip("more"),
            xz(text) + xz("more"),
            gzip(std::string(5000, 'x')),
            xz(std::string(5000, 'x'))};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace attune;
    const std::string bytes(fuzz_text(data, size));
    unpack(gzip_bytes(memory_bytes(bytes), size, fuzz_limits()));
    unpack(xz_bytes(memory_bytes(bytes), size, fuzz_limits()));
    return 0;
}
