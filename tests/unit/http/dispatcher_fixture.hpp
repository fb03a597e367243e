#pragma once

#include <chrono>
#include <future>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "http/authenticate.hpp"
#include "http/dispatcher.hpp"
#include "serving/record_reader.hpp"
#include "support/failing_database.hpp"
#include "unit/access/access_fixture.hpp"

namespace attune {

/// A dispatcher without a server: requests go in as structures, and answers come out as such.
class DispatcherFixture : public AccessFixture {
 protected:
    void SetUp() override {
        AccessFixture::SetUp();
        store_ = std::make_unique<FailingDatabase>(*database_);
        records_ = std::make_unique<RecordReader>(*store_);
        options_of_dispatcher_.log = [this](const RequestRecord& record) {
            const std::lock_guard lock(mutex_);
            logged_routes_.emplace_back(record.route);
            logged_principals_.emplace_back(record.principal);
        };
        options_of_dispatcher_.log_fault = [this](const std::string& text) {
            const std::lock_guard lock(mutex_);
            faults_.push_back(text);
        };
    }
    void TearDown() override { dispatcher_.reset(); }

    void serve(std::vector<Route> routes, std::span<const WebFile> files = {}) {
        dispatcher_ =
            std::make_unique<Dispatcher>(std::move(routes), files, *service_, *records_, metrics_,
                                         clock_, monotonic_, options_of_dispatcher_);
    }

    /// A handler that counts its calls and answers with their number.
    Handler counting() {
        return [this](const Call&) -> OrProblem<HttpResponse> {
            HttpResponse response;
            response.status = 201;
            response.body = std::to_string(++num_handled_);
            return response;
        };
    }

    /// Sends the request and does not wait for its answer.
    std::future<HttpResponse> send(HttpRequest request) {
        auto promise = std::make_shared<std::promise<HttpResponse>>();
        if (request.remote_address.empty()) request.remote_address = "10.0.0.1";
        dispatcher_->handle(std::move(request), [promise](HttpResponse response) {
            promise->set_value(std::move(response));
        });
        return promise->get_future();
    }
    static HttpResponse answer_of(std::future<HttpResponse>& answer) {
        // Far more than it takes: a request without an answer must not hang the test.
        if (answer.wait_for(std::chrono::seconds(60)) != std::future_status::ready) {
            ADD_FAILURE() << "there is no answer";
            std::abort();
        }
        return answer.get();
    }
    HttpResponse ask(HttpRequest request) {
        std::future<HttpResponse> answer = send(std::move(request));
        return answer_of(answer);
    }
    HttpResponse ask(HttpMethod method, std::string_view target,
                     std::vector<HttpHeader> headers = {}, std::string_view body = {}) {
        HttpRequest request;
        request.method = method;
        request.target = target;
        request.headers = std::move(headers);
        request.body = body;
        return ask(std::move(request));
    }

    /// The header of a bearer; the text stays.
    HttpHeader bearer(const std::string& credential) {
        return {"Authorization", *kept_.insert("Bearer " + credential).first};
    }
    HttpHeader cookie(const std::string& token) {
        return {"Cookie", *kept_.insert(std::string(kAccessCookie) + "=" + token).first};
    }
    /// The secret of a new API key.
    std::string api_key(Scopes scopes) {
        return service_->api_keys().create({.name = "test", .scopes = scopes}, "anna")->secret;
    }

    static std::optional<std::string> header(const HttpResponse& response, std::string_view name) {
        for (const auto& [key, value] : response.headers) {
            if (key == name) return value;
        }
        return std::nullopt;
    }
    /// The problem of an answer, which must be one.
    static nlohmann::json problem(const HttpResponse& response) {
        EXPECT_EQ(response.content_type, "application/problem+json");
        auto body = nlohmann::json::parse(response.body, nullptr, false);
        EXPECT_TRUE(body.is_object()) << response.body;
        if (!body.is_object()) return nlohmann::json::object();
        EXPECT_EQ(body.value("status", 0), response.status);
        EXPECT_EQ(body.value("instance", ""), header(response, "X-Request-Id"));
        return body;
    }

    FixedMonotonicClock monotonic_{1'000'000'000};
    ServiceMetrics metrics_;
    DispatcherOptions options_of_dispatcher_;
    std::unique_ptr<FailingDatabase> store_;
    std::unique_ptr<RecordReader> records_;
    std::unique_ptr<Dispatcher> dispatcher_;
    std::atomic<int> num_handled_{0};
    std::set<std::string> kept_;
    std::mutex mutex_;
    std::vector<std::string> logged_routes_;
    std::vector<std::string> logged_principals_;
    std::vector<std::string> faults_;
};

}  // namespace attune
