#include "http/server.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <thread>

#include "support/raw_client.hpp"

namespace attune {
namespace {

using std::chrono::milliseconds;

HttpServerOptions small_limits() {
    HttpServerOptions options;
    options.port = 0;
    options.max_url_bytes = 200;
    options.max_header_bytes = 300;
    options.max_headers = 10;
    options.max_body_bytes = 1 << 20;
    options.read_timeout = milliseconds(2'000);
    return options;
}

/// Answers with what was asked: "METHOD target body".
void echo(const HttpRequest& request, const Responder& respond) {
    HttpResponse response;
    response.content_type = "text/plain";
    response.body = std::string(http_method_name(request.method)) + " " +
                    std::string(request.target) + " " + std::string(request.body);
    respond(std::move(response));
}

std::unique_ptr<HttpServer> start(const HttpServerOptions& options, RequestSink sink = echo) {
    auto server = HttpServer::start(options, std::move(sink), {});
    EXPECT_TRUE(server) << server.error().message;
    return std::move(*server);
}

std::string ask(const HttpServer& server, std::string_view bytes) {
    const RawClient client(server.port());
    EXPECT_TRUE(client.connected());
    client.send(bytes);
    return client.receive_all();
}

constexpr std::string_view kLastRequest = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST(HttpServer, AnswersAndKeepsTheConnection) {
    const auto server = start(small_limits());
    const RawClient client(server->port());
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"));
        const std::string answer = client.receive_until("POST /a hi");
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    }
}

TEST(HttpServer, RefusesWithTheRightStatus) {
    const auto server = start(small_limits());
    const std::string host = " HTTP/1.1\r\nHost: x\r\n";
    const std::string head = "GET /" + host;
    EXPECT_TRUE(
        ask(*server, "GET /" + std::string(300, 'a') + host + "\r\n").starts_with("HTTP/1.1 414 "));
    EXPECT_TRUE(ask(*server, head + "X-A: " + std::string(400, 'b') + "\r\n\r\n")
                    .starts_with("HTTP/1.1 431 "));
    std::string many = head;
    for (int i = 0; i < 20; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
    EXPECT_TRUE(ask(*server, many + "\r\n").starts_with("HTTP/1.1 431 "));
    EXPECT_TRUE(ask(*server, "POST /" + host + "Content-Length: 99999999999\r\n\r\n")
                    .starts_with("HTTP/1.1 413 "));
    EXPECT_TRUE(ask(*server, "rubbish\r\n\r\n").starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(
        ask(*server, "POST /" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
            .starts_with("HTTP/1.1 400 "));
}

TEST(HttpServer, SaysWhatItRefusedAndNothingOfPeersThatWentAway) {
    std::mutex mutex;
    std::vector<std::string> remarks;
    HttpServerOptions options = small_limits();
    options.max_connections = 2;
    const auto server =
        HttpServer::start(options, echo, [&](ConnectionRemark remark, const std::string& text) {
            const std::lock_guard lock(mutex);
            EXPECT_EQ(remark, ConnectionRemark::kRefused);
            remarks.push_back(text);
        });
    ASSERT_TRUE(server) << server.error().message;
    for (int i = 0; i < 10; ++i) {
        const RawClient client((*server)->port());
        client.reset_on_close();
        client.send("GET / HT");
        std::this_thread::sleep_for(milliseconds(10));
    }
    {
        std::vector<RawClient> others;
        for (int i = 0; i < 2; ++i) {
            others.emplace_back((*server)->port());
            others.back().send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            EXPECT_NE(others.back().receive_until("GET / "), "");
        }
        EXPECT_EQ(ask(**server, kLastRequest), "");
    }
    std::this_thread::sleep_for(milliseconds(300));
    ask(**server, "rubbish\r\n\r\n");
    (*server)->stop(milliseconds(0));
    const std::lock_guard lock(mutex);
    ASSERT_EQ(remarks.size(), 2U);
    EXPECT_NE(remarks[0].find("prepare connection error"), std::string::npos) << remarks[0];
    EXPECT_NE(remarks[1].find("parser error"), std::string::npos) << remarks[1];
}

TEST(HttpServer, TheAnswerTo413ArrivesThoughTheBodyIsStillSent) {
    const auto server = start(small_limits());
    const RawClient client(server->port());
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n");
    client.send(std::string(3'000'000, 'x'));
    EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 413 "));
}

TEST(HttpServer, ChunkedBodiesAreLimitedToo) {
    const auto server = start(small_limits());
    const RawClient client(server->port());
    client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    for (int i = 0; i < 20; ++i) client.send(chunk);
    EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 413 "));
}

TEST(HttpServer, ReadsNoMoreAtOnceThanItsBudget) {
    HttpServerOptions options = small_limits();
    options.max_buffered_bytes = 500'000;
    const auto server = start(options);
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n";
    const RawClient first(server->port());
    first.send(head + std::string(400'000, 'x'));
    std::this_thread::sleep_for(milliseconds(200));
    EXPECT_TRUE(ask(*server, head + std::string(400'000, 'x')).starts_with("HTTP/1.1 503 "));
    EXPECT_TRUE(ask(*server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .starts_with("HTTP/1.1 200 "));
}

TEST(HttpServer, RequestsThatCameTogetherAreAnsweredInTheirOrder) {
    const auto server = start(small_limits());
    std::string requests;
    for (int i = 0; i < 20; ++i) {
        requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }
    const std::string answers = ask(*server, requests + std::string(kLastRequest));
    std::size_t from = 0;
    for (int i = 0; i < 20; ++i) {
        const auto at = answers.find("GET /" + std::to_string(i) + " ", from);
        ASSERT_NE(at, std::string::npos) << answers;
        from = at;
    }
    EXPECT_NE(answers.find("GET / ", from), std::string::npos) << answers;
}

TEST(HttpServer, ARefusalIsNotWrittenIntoAnAnswerThatIsOnItsWay) {
    const std::string large(8 << 20, 'x');
    const auto server = start(small_limits(), [&](const HttpRequest&, const Responder& respond) {
        HttpResponse response;
        response.static_body = large;
        respond(std::move(response));
    });
    const RawClient client(server->port());
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nrubbish\r\n\r\n");
    std::this_thread::sleep_for(milliseconds(200));
    const std::string answers = client.receive_all();
    EXPECT_EQ(answers.find("400 Bad Request"), answers.find("xHTTP/1.1 ") + 10);
    EXPECT_GT(answers.size(), large.size());
}

TEST(HttpServer, WhatCameWithARequestCountsForTheNextWhenThatIsRead) {
    HttpServerOptions options = small_limits();
    options.max_buffered_bytes = 200'000;
    const auto server = start(options);
    const RawClient client(server->port());
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n";
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + head);
    EXPECT_NE(client.receive_until("GET / "), "");
    client.send(std::string(400'000, 'x'));
    EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 503 "));
}

TEST(HttpServer, CutsOffSlowClientsAndServesOthersMeanwhile) {
    const auto server = start(small_limits());
    std::vector<RawClient> slow;
    for (int i = 0; i < 100; ++i) {
        slow.emplace_back(server->port());
        slow.back().send("GET / HTTP/1.1\r\nX-Slow: ");
    }
    const auto before = std::chrono::steady_clock::now();
    EXPECT_TRUE(ask(*server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .starts_with("HTTP/1.1 200 "));
    EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(1'000));
    EXPECT_EQ(slow.front().receive_all(), "");
    EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(10'000));
}

TEST(HttpServer, LimitsTheConnectionsOfAnAddress) {
    HttpServerOptions options = small_limits();
    options.max_connections_per_address = 3;
    const auto server = start(options);
    const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    {
        std::vector<RawClient> clients;
        for (int i = 0; i < 3; ++i) {
            clients.emplace_back(server->port());
            clients.back().send(request);
            EXPECT_NE(clients.back().receive_until("GET / "), "");
        }
        EXPECT_EQ(ask(*server, request), "");
    }
    std::this_thread::sleep_for(milliseconds(300));
    EXPECT_NE(ask(*server, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), "");
}

TEST(HttpServer, ConnectionsThatAreResetAtOnceTakeNoPlaceForGood) {
    HttpServerOptions options = small_limits();
    options.max_connections = 100;
    options.max_connections_per_address = 100;
    const auto server = start(options);
    for (int i = 0; i < 3'000; ++i) {
        const RawClient client(server->port());
        client.reset_on_close();
        if (i % 2 == 0) client.send("GET / HT");
    }
    const RawClient client(server->port());
    client.set_timeout(milliseconds(5'000));
    client.send(kLastRequest);
    EXPECT_TRUE(client.receive_all().starts_with("HTTP/1.1 200 "));
}

TEST(HttpServer, ClosesConnectionsBeyondItsLimitAndTakesOthersWhenTheseHaveGone) {
    HttpServerOptions options = small_limits();
    options.max_connections = 3;
    const auto server = start(options);
    std::vector<RawClient> clients;
    for (int i = 0; i < 3; ++i) {
        clients.emplace_back(server->port());
        clients.back().send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_NE(clients.back().receive_until("GET / "), "");
    }
    for (int i = 0; i < 10; ++i) EXPECT_EQ(ask(*server, kLastRequest), "");
    clients.clear();
    std::this_thread::sleep_for(milliseconds(300));
    EXPECT_NE(ask(*server, kLastRequest), "");
}

/// Lowers how many files may be open, for a while.
class FileLimit {
 public:
    explicit FileLimit(rlim_t limit) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit lower{limit, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &lower);
    }
    ~FileLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    FileLimit(const FileLimit&) = delete;
    FileLimit& operator=(const FileLimit&) = delete;

 private:
    rlimit before_{};
};

TEST(HttpServer, TakesNoMoreConnectionsThanFilesMayBeOpen) {
    std::vector<std::string> remarks;
    const FileLimit limit(258);
    const auto server = HttpServer::start(
        small_limits(), echo,
        [&](ConnectionRemark, const std::string& text) { remarks.push_back(text); });
    ASSERT_TRUE(server) << server.error().message;
    ASSERT_EQ(remarks.size(), 1U);
    EXPECT_NE(remarks[0].find("http.max_connections: 2 instead of 4096"), std::string::npos);
    (*server)->stop(milliseconds(0));
    const FileLimit lower(256);
    const auto none = HttpServer::start(small_limits(), echo, {});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::kUnavailable);
}

TEST(HttpServer, ARequestToUpgradeIsAnsweredAsAnyOther) {
    const auto server = start(small_limits());
    const RawClient client(server->port());
    client.set_timeout(milliseconds(5'000));
    for (const char* target : {"/1", "/2"}) {
        client.send("POST " + std::string(target) +
                    " HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                    "Content-Length: 2\r\n\r\nhi");
        const std::string answer = client.receive_until("POST " + std::string(target) + " hi");
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    }
    client.send(kLastRequest);
    EXPECT_TRUE(client.receive_all().ends_with("GET / "));
    EXPECT_NE(ask(*server, "CONNECT a:1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "");
}

TEST(HttpServer, ARequestToUpgradeIsCutOffAsAnyOther) {
    HttpServerOptions options = small_limits();
    options.handle_timeout = milliseconds(1'000);
    options.write_timeout = milliseconds(1'000);
    const std::string large(64 << 20, 'x');
    std::vector<Responder> kept;
    const auto server = start(options, [&](const HttpRequest& request, const Responder& respond) {
        if (request.target == "/kept") return kept.push_back(respond);
        HttpResponse response;
        response.static_body = large;
        respond(std::move(response));
    });
    const auto upgrade = [](const std::string& target) {
        return "GET " + target +
               " HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    };
    const auto before = std::chrono::steady_clock::now();
    EXPECT_EQ(ask(*server, upgrade("/kept")), "");
    EXPECT_LT(std::chrono::steady_clock::now() - before, milliseconds(10'000));
    const RawClient never_reads(server->port());
    never_reads.send(upgrade("/large"));
    std::this_thread::sleep_for(milliseconds(4'000));
    EXPECT_LT(never_reads.receive_all().size(), large.size());
    kept.clear();
}

TEST(HttpServer, HeadHasTheLengthAndNoBody) {
    const auto server = start(small_limits());
    const std::string answer =
        ask(*server, "HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("Content-Length: 8\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(HttpServer, SendsABodyInPieces) {
    const auto server = start(small_limits(), [](const HttpRequest&, const Responder& respond) {
        HttpResponse response;
        response.producer = [](const std::shared_ptr<BodyWriter>& writer) {
            writer->write("one", [writer](bool ok) {
                if (!ok) return;
                writer->write("two", [writer](bool) { writer->finish(); });
            });
        };
        respond(std::move(response));
    });
    const std::string answer =
        ask(*server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"), std::string::npos) << answer;
}

TEST(HttpServer, HeadOfABodyInPiecesMakesAndSendsNone) {
    std::atomic<bool> produced{false};
    const auto server = start(small_limits(), [&](const HttpRequest&, const Responder& respond) {
        HttpResponse response;
        response.content_type = "text/csv";
        response.with("X-Own", "yes");
        response.producer = [&](const std::shared_ptr<BodyWriter>& writer) {
            produced = true;
            writer->finish();
        };
        respond(std::move(response));
    });
    const RawClient client(server->port());
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = client.receive_until("\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("Content-Type: text/csv\r\n"), std::string::npos) << answer;
    EXPECT_NE(answer.find("X-Own: yes\r\n"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("Content-Length"), std::string::npos) << answer;
    EXPECT_FALSE(produced);
    // The connection goes on with the next answer.
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string last = client.receive_all();
    EXPECT_TRUE(last.starts_with("HTTP/1.1 200 OK\r\n")) << last;
    EXPECT_TRUE(last.ends_with("\r\n\r\n") && !last.ends_with("0\r\n\r\n")) << last;
}

TEST(HttpServer, ADroppedResponderAnswers500) {
    const auto server = start(small_limits(), [](const HttpRequest&, const Responder&) {});
    EXPECT_TRUE(ask(*server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .starts_with("HTTP/1.1 500 "));
}

TEST(HttpServer, StopsAfterTheAnswersThatAreDue) {
    std::thread answering;
    std::atomic<bool> asked{false};
    const auto server = start(small_limits(), [&](const HttpRequest&, const Responder& respond) {
        answering = std::thread([respond] {
            std::this_thread::sleep_for(milliseconds(300));
            HttpResponse response;
            response.body = "late";
            respond(std::move(response));
        });
        asked = true;
    });
    const RawClient client(server->port());
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    while (!asked) std::this_thread::sleep_for(milliseconds(1));
    server->stop(milliseconds(5'000));
    EXPECT_TRUE(client.receive_all().ends_with("late"));
    answering.join();
    EXPECT_FALSE(RawClient(server->port()).connected());
}

TEST(HttpServer, AnswersWhileItDrainsAreTheLastOfTheirConnections) {
    std::vector<Responder> kept;
    std::atomic<std::size_t> num_kept{0};
    const auto server =
        start(small_limits(), [&](const HttpRequest& request, const Responder& respond) {
            if (request.target == "/") return echo(request, respond);
            kept.push_back(respond);
            ++num_kept;
        });
    const RawClient waiting(server->port());
    waiting.send("GET /kept HTTP/1.1\r\nHost: x\r\n\r\n");
    const RawClient idle(server->port());
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(idle.receive_until("GET / ").find("Connection: close"), std::string::npos);
    while (num_kept == 0) std::this_thread::sleep_for(milliseconds(1));
    server->drain(milliseconds(10));
    EXPECT_FALSE(RawClient(server->port()).connected());
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_NE(idle.receive_all().find("Connection: close"), std::string::npos);
    kept.clear();
    EXPECT_TRUE(waiting.receive_all().starts_with("HTTP/1.1 503 "));
    server->stop(milliseconds(0));
}

TEST(HttpServer, SaysThatAnAddressIsTaken) {
    const auto server = start(small_limits());
    HttpServerOptions options = small_limits();
    options.port = server->port();
    const auto second = HttpServer::start(options, echo, {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
    options.address = "no address";
    EXPECT_FALSE(HttpServer::start(options, echo, {}));
}

}  // namespace
}  // namespace attune
