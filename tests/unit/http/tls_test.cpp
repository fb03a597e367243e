#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "http/server.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_folder.hpp"

namespace attune {
namespace {

/// What a command prints.
std::string output_of(const std::string& command) {
    std::string output;
    FILE* pipe = ::popen(command.c_str(), "r");
    char buffer[4096];
    while (std::fgets(buffer, sizeof(buffer), pipe) != nullptr) output += buffer;
    ::pclose(pipe);
    return output;
}

class Tls : public ::testing::Test {
 protected:
    void SetUp() override {
        const std::string command =
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
            "-subj /CN=localhost -keyout " +
            key().string() + " -out " + certificate().string() + " 2>/dev/null";
        ASSERT_EQ(std::system(command.c_str()), 0);
    }
    std::filesystem::path key() { return folder_ / "key.pem"; }
    std::filesystem::path certificate() { return folder_ / "certificate.pem"; }

    static void answer_hello(const HttpRequest& request, const Responder& respond) {
        HttpResponse response;
        response.body = request.secure ? "hello, secure" : "hello";
        respond(std::move(response));
    }

    HttpServerOptions with_tls() {
        HttpServerOptions options;
        options.port = 0;
        options.tls_certificate = certificate();
        options.tls_key = key();
        return options;
    }

    /// The answer to one request over TLS.
    static std::string ask(const HttpServer& server, const std::string& options = "2>/dev/null") {
        return output_of(
            "(printf 'GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'; sleep 1) | "
            "timeout 10 openssl s_client -quiet -connect 127.0.0.1:" +
            std::to_string(server.port()) + " " + options);
    }

    TemporaryFolder folder_;
};

TEST_F(Tls, AnswersOverTls12AndNotBelow) {
    const auto server = HttpServer::start(with_tls(), answer_hello, {});
    ASSERT_TRUE(server) << server.error().message;
    EXPECT_NE(ask(**server).find("hello, secure"), std::string::npos);
    EXPECT_EQ(ask(**server, "-tls1_1 2>/dev/null").find("hello"), std::string::npos);
}

TEST_F(Tls, ConnectionsThatAreResetAtOnceTakeNoPlaceForGood) {
    HttpServerOptions options = with_tls();
    options.max_connections = 100;
    options.max_connections_per_address = 100;
    const auto server = HttpServer::start(options, answer_hello, {});
    ASSERT_TRUE(server) << server.error().message;
    for (int i = 0; i < 3'000; ++i) RawClient((*server)->port()).reset_on_close();
    EXPECT_NE(ask(**server).find("hello, secure"), std::string::npos);
}

TEST_F(Tls, UnfinishedHandshakesCountAsConnectionsOfTheirAddress) {
    HttpServerOptions options = with_tls();
    options.max_connections_per_address = 3;
    const auto server = HttpServer::start(options, answer_hello, {});
    ASSERT_TRUE(server) << server.error().message;
    std::vector<RawClient> silent;
    for (int i = 0; i < 3; ++i) silent.emplace_back((*server)->port());
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(RawClient((*server)->port()).receive_all(), "");
    // Closed as it came, and not for the time that a handshake may take.
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
    silent.clear();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_NE(ask(**server).find("hello, secure"), std::string::npos);
}

TEST_F(Tls, SaysThatTheAnswerIsAtItsEnd) {
    const auto server = HttpServer::start(with_tls(), answer_hello, {});
    ASSERT_TRUE(server) << server.error().message;
    const std::string said = ask(**server, "2>&1");
    EXPECT_NE(said.find("hello, secure"), std::string::npos) << said;
    EXPECT_EQ(said.find("unexpected eof"), std::string::npos) << said;
}

TEST_F(Tls, ARefusalIsWrittenToWhoReadsNothingWithoutWaiting) {
    HttpServerOptions options = with_tls();
    options.max_body_bytes = 1'000;
    options.num_io_threads = 1;
    const auto server = HttpServer::start(options, answer_hello, {});
    ASSERT_TRUE(server) << server.error().message;
    const std::string head = "POST / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 99999\\r\\n\\r\\n";
    const std::string said = output_of(
        "(printf '" + head + "'; sleep 1) | timeout 10 openssl s_client -quiet -connect " +
        "127.0.0.1:" + std::to_string((*server)->port()) + " 2>/dev/null");
    EXPECT_NE(said.find("HTTP/1.1 413 "), std::string::npos) << said;
    EXPECT_NE(ask(**server).find("hello, secure"), std::string::npos);
}

TEST_F(Tls, SaysWhichFileIsNoCertificate) {
    HttpServerOptions options;
    options.port = 0;
    options.tls_certificate = key();
    options.tls_key = key();
    const auto server = HttpServer::start(options, answer_hello, {});
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(server.error().message.find("key.pem"), std::string::npos);
    options.tls_key.clear();
    EXPECT_FALSE(HttpServer::start(options, answer_hello, {}));
}

}  // namespace
}  // namespace attune
