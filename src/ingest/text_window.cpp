#include "ingest/text_window.hpp"

#include <cstring>

#include "ingest/text_check.hpp"

namespace attune {
namespace {

constexpr std::size_t kFirstWindowBytes = 256 << 10;

}  // namespace

Status TextWindow::open() {
    while (!ended_ && text().size() < 4) ATTUNE_TRY(more());
    if (text().empty()) return fail(ErrorCode::kEmptyInput, "is empty");
    ATTUNE_TRY(check_byte_order_mark(text()));
    if (text().starts_with(kUtf8ByteOrderMark)) consume(kUtf8ByteOrderMark.size());
    return {};
}

Status TextWindow::more() {
    const std::size_t size = end_ - begin_;
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, size);
        begin_ = 0;
        end_ = size;
    }
    if (buffer_.empty()) {
        buffer_.resize(kFirstWindowBytes);
    } else if (size > buffer_.size() / 2) {
        buffer_.resize(buffer_.size() * 2);
    }
    ATTUNE_ASSIGN(const std::size_t count, source_->read(std::span(buffer_).subspan(end_)));
    end_ += count;
    ended_ = count == 0;
    return {};
}

}  // namespace attune
