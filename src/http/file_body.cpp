#include "http/file_body.hpp"

#include <fstream>

namespace attune {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;

class FileSender : public std::enable_shared_from_this<FileSender> {
 public:
    FileSender(std::ifstream file, std::function<void()> when_done)
        : file_(std::move(file)), when_done_(std::move(when_done)) {}
    ~FileSender() {
        if (when_done_) when_done_();
    }
    FileSender(const FileSender&) = delete;
    FileSender& operator=(const FileSender&) = delete;

    void send(const std::shared_ptr<BodyWriter>& writer) {
        std::string piece(kPieceBytes, '\0');
        file_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        piece.resize(static_cast<std::size_t>(file_.gcount()));
        if (piece.empty()) return writer->finish();
        writer->write(std::move(piece), [self = shared_from_this(), writer](bool ok) {
            if (ok) return self->send(writer);
            writer->finish();
        });
    }

 private:
    std::ifstream file_;
    std::function<void()> when_done_;
};

}  // namespace

Result<BodyProducer> file_body(const std::filesystem::path& file, std::function<void()> when_done) {
    std::ifstream opened(file, std::ios::binary);
    if (!opened) {
        return fail(ErrorCode::kNotFound, "the file is not there any more");
    }
    auto sender = std::make_shared<FileSender>(std::move(opened), std::move(when_done));
    return BodyProducer(
        [sender](const std::shared_ptr<BodyWriter>& writer) { sender->send(writer); });
}

}  // namespace attune
