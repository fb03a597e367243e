#include "http/exchange.hpp"

#include "http/problem.hpp"

namespace attune {
namespace {

HttpMethod to_method(const restinio::http_method_id_t& method) {
    if (method == restinio::http_method_get()) return HttpMethod::kGet;
    if (method == restinio::http_method_post()) return HttpMethod::kPost;
    if (method == restinio::http_method_put()) return HttpMethod::kPut;
    if (method == restinio::http_method_patch()) return HttpMethod::kPatch;
    if (method == restinio::http_method_delete()) return HttpMethod::kDelete;
    if (method == restinio::http_method_head()) return HttpMethod::kHead;
    if (method == restinio::http_method_options()) return HttpMethod::kOptions;
    return HttpMethod::kOther;
}

restinio::http_status_line_t status_line(int status) {
    return {restinio::http_status_code_t{static_cast<std::uint16_t>(status)},
            std::string(http_reason_phrase(status))};
}

template <typename Builder>
void add_headers(Builder& builder, const HttpResponse& response) {
    if (!response.content_type.empty()) {
        builder.append_header(restinio::http_field::content_type, response.content_type);
    }
    for (const auto& [name, value] : response.headers) builder.append_header(name, value);
    if (response.close_connection) builder.connection_close();
}

using DueAnswer = std::shared_ptr<PendingAnswers::Due>;

/// Tells once whether a piece was written; RESTinio drops what a closed connection still had to
/// write without a word.
class WriteReport {
 public:
    explicit WriteReport(std::function<void(bool ok)> written) : written_(std::move(written)) {}
    ~WriteReport() { tell(false); }
    WriteReport(const WriteReport&) = delete;
    WriteReport& operator=(const WriteReport&) = delete;

    void tell(bool ok) {
        if (const auto written = std::exchange(written_, nullptr)) written(ok);
    }

 private:
    std::function<void(bool ok)> written_;
};

/// A body in pieces, each sent when the one before has left.
class ChunkedWriter final : public BodyWriter {
 public:
    using Builder = restinio::response_builder_t<restinio::chunked_output_t>;

    ChunkedWriter(Builder builder, DueAnswer due)
        : builder_(std::move(builder)), due_(std::move(due)) {}
    ~ChunkedWriter() override {
        if (!finished_) finish();
    }

    void write(std::string piece, std::function<void(bool ok)> written) override {
        builder_.append_chunk(std::move(piece));
        builder_.flush([report = std::make_shared<WriteReport>(std::move(written))](
                           const asio::error_code& error) { report->tell(!error); });
    }
    void finish() override {
        finished_ = true;
        builder_.done();
    }

 private:
    Builder builder_;
    DueAnswer due_;
    bool finished_ = false;
};

/// Answers once; when it goes without having answered, with an error.
class Exchange {
 public:
    Exchange(restinio::request_handle_t request, PendingAnswers& pending)
        : request_(std::move(request)),
          pending_(pending),
          due_(std::make_shared<PendingAnswers::Due>(pending)) {}
    ~Exchange() {
        if (request_ == nullptr) return;
        try {
            const Problem stops{503, "unavailable", "the service stops", {}};
            const Problem forgot{500, "internal", "the service did not answer", {}};
            answer(problem_response(pending_.draining() ? stops : forgot, ""));
        } catch (const std::exception&) {
            return;  // the connection is gone
        }
    }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    void answer(HttpResponse response) {
        const auto request = std::exchange(request_, nullptr);
        if (request == nullptr) return;
        response.close_connection = response.close_connection || pending_.draining();
        const auto line = status_line(response.status);
        const bool is_head = request->header().method() == restinio::http_method_head();
        if (response.producer && is_head) return answer_without_body(*request, response, line);
        if (response.producer) return answer_in_pieces(*request, std::move(response), line);
        const auto done = [due = std::move(due_)](const asio::error_code&) {};
        if (is_head || response.status == 304) {
            auto builder = request->create_response<restinio::user_controlled_output_t>(line);
            add_headers(builder, response);
            builder.set_content_length(length_of(response)).done(done);
            return;
        }
        auto builder = request->create_response(line);
        add_headers(builder, response);
        if (!response.static_body.empty()) {
            builder.set_body(
                restinio::const_buffer(response.static_body.data(), response.static_body.size()));
        } else {
            builder.set_body(std::move(response.body));
        }
        builder.done(done);
    }

 private:
    static std::size_t length_of(const HttpResponse& response) {
        return response.static_body.empty() ? response.body.size() : response.static_body.size();
    }
    /// The headers of a body whose length is not known before it is made. RESTinio's builders would
    /// add a length, or the end of the pieces.
    void answer_without_body(restinio::request_t& request, const HttpResponse& response,
                             const restinio::http_status_line_t& line) {
        const bool keep_alive = request.header().should_keep_alive() && !response.close_connection;
        restinio::http_response_header_t header{line};
        header.should_keep_alive(keep_alive);
        header.set_field(restinio::http_field::content_type, response.content_type);
        for (const auto& [name, value] : response.headers) header.add_field(name, value);
        header.set_field(restinio::http_field::transfer_encoding, "chunked");
        restinio::writable_items_container_t items;
        items.emplace_back(restinio::impl::create_header_string(
            header, restinio::impl::content_length_field_presence_t::skip_content_length));
        restinio::write_group_t group{std::move(items)};
        group.after_write_notificator([due = std::move(due_)](const asio::error_code&) {});
        const auto connection = std::move(restinio::impl::access_req_connection(request));
        connection->write_response_parts(request.request_id(),
                                         {restinio::response_parts_attr_t::final_parts,
                                          restinio::response_connection_attr(keep_alive)},
                                         std::move(group));
    }
    void answer_in_pieces(restinio::request_t& request, HttpResponse response,
                          const restinio::http_status_line_t& line) {
        auto builder = request.create_response<restinio::chunked_output_t>(line);
        add_headers(builder, response);
        const auto producer = std::move(response.producer);
        producer(std::make_shared<ChunkedWriter>(std::move(builder), std::move(due_)));
    }

    restinio::request_handle_t request_;
    PendingAnswers& pending_;
    DueAnswer due_;
};

}  // namespace

void PendingAnswers::add() {
    const std::lock_guard lock(mutex_);
    ++count_;
}

void PendingAnswers::remove() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
}

void PendingAnswers::wait_until_none(std::chrono::milliseconds grace) {
    std::unique_lock lock(mutex_);
    none_.wait_for(lock, grace, [&] { return count_ == 0; });
}

HttpRequest to_http_request(const restinio::request_handle_t& request, bool secure) {
    const auto& header = request->header();
    HttpRequest result;
    result.method = to_method(header.method());
    result.target = header.request_target();
    header.for_each_field([&](const restinio::http_header_field_t& field) {
        result.headers.emplace_back(field.name(), field.value());
    });
    result.body = request->body();
    result.remote_address = request->remote_endpoint().address().to_string();
    result.secure = secure;
    result.owner = request;
    return result;
}

Responder make_responder(restinio::request_handle_t request, PendingAnswers& pending) {
    auto exchange = std::make_shared<Exchange>(std::move(request), pending);
    return [exchange](HttpResponse response) { exchange->answer(std::move(response)); };
}

}  // namespace attune
