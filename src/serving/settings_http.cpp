#include "serving/settings_http.hpp"

#include "serving/setting_values.hpp"

namespace attune {
namespace {

void add_sizes(std::vector<Setting>& schema) {
    schema.push_back(whole("http.max_connections", 4'096, 1, 1'000'000, "Connections at once."));
    schema.push_back(whole("http.max_connections_per_address", 1'024, 1, 1'000'000,
                           "Connections of one address at once."));
    schema.push_back(
        whole("http.max_url_bytes", 8'192, 64, 65'536, "Bytes of a path with its query."));
    schema.push_back(whole("http.max_header_bytes", 8'192, 64, 65'536,
                           "Bytes of the name or value of a header."));
    schema.push_back(whole("http.max_headers", 100, 4, 10'000, "Headers of a request."));
    schema.push_back(whole("http.max_json_kib", 1'024, 1, 65'536, "KiB of a body of JSON."));
    schema.push_back(whole("http.max_upload_mib", 64, 1, 4'096, "MiB of an uploaded file."));
    schema.push_back(whole("http.max_buffered_mib", 512, 1, 65'536,
                           "MiB of all requests together that are being read, past the first 64 "
                           "KiB of each; more are refused."));
    schema.push_back(
        whole("http.max_page", 500, 1, 10'000, "Entries of a page of a list, at most."));
    schema.push_back(whole("http.default_page", 50, 1, 10'000,
                           "Entries of a page where the request does not say how many."));
}

void add_times(std::vector<Setting>& schema) {
    schema.push_back(whole("http.read_timeout_ms", 30'000, 100, 3'600'000,
                           "How long a request may take to arrive, and an idle connection stays."));
    schema.push_back(whole("http.handle_timeout_ms", 120'000, 1'000, 3'600'000,
                           "How long an answer may take to begin, or a stream to go on."));
    schema.push_back(whole("http.write_timeout_ms", 30'000, 100, 3'600'000,
                           "How long an answer, or a piece of one, may take to leave."));
    schema.push_back(whole("http.stop_grace_ms", 10'000, 0, 600'000,
                           "How long a stop waits for answers that are due."));
    schema.push_back(whole("http.idempotency_h", 24, 0, 8'760,
                           "Hours for which the answer to an Idempotency-Key is kept; 0: for "
                           "ever."));
}

}  // namespace

void add_http_settings(std::vector<Setting>& schema) {
    schema.push_back({"http.address", std::string("127.0.0.1"),
                      "Address to listen on; any but loopback takes TLS or http.allow_plain."});
    schema.push_back(
        whole("http.port", 8'080, 0, 65'535, "Port to listen on; 0: any that is free."));
    schema.push_back({"http.tls_certificate", std::string(),
                      "File with the chain of certificates (PEM); empty: no TLS."});
    schema.push_back(
        {"http.tls_key", std::string(), "File with the key of the certificate (PEM)."});
    schema.push_back({"http.allow_plain", false,
                      "Whether to listen beyond this machine without TLS: behind a proxy that has "
                      "it, and nowhere else."});
    schema.push_back({"http.open_metrics", false, "Whether /metrics is open to everybody."});
    schema.push_back({"http.log_requests", std::string("errors"),
                      "Which requests are logged: none, errors (status 400 and above) or all."});
    schema.push_back(whole("http.io_threads", 0, 0, 1'024,
                           "Threads of the connections; 0: as many as processors."));
    schema.push_back(
        whole("http.workers", 16, 1, 1'024,
              "Threads of requests that wait for the store; writing leaves 4 of them free."));
    schema.push_back(
        whole("http.max_waiting", 2'000, 1, 1'000'000,
              "Requests of a kind (reading, writing, signing in, cancelling) that may wait "
              "for a worker; more are refused."));
    add_sizes(schema);
    add_times(schema);
}

}  // namespace attune
