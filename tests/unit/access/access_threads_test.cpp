#include <atomic>
#include <thread>
#include <vector>

#include "access/rate_limiter.hpp"
#include "unit/access/access_fixture.hpp"

namespace attune {
namespace {

/// Runs `work(i)` on `num_threads` threads that begin together.
template <typename Work>
void together(int num_threads, const Work& work) {
    std::atomic<int> ready = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < num_threads; ++i) {
        threads.emplace_back([&, i] {
            ++ready;
            while (ready < num_threads) std::this_thread::yield();
            work(i);
        });
    }
    for (std::thread& thread : threads) thread.join();
}

class AccessThreads : public AccessFixture {};

TEST_F(AccessThreads, OfTwoRefreshesWithOneTokenExactlyOneWins) {
    add_account("anna", Role::kAnalyst);
    for (int round = 0; round < 20; ++round) {
        const SignedIn session = sign_in("anna");
        std::atomic<int> num_won = 0;
        std::atomic<int> num_refused = 0;
        together(2, [&](int) {
            const auto next = service_->sessions().refresh(session.refresh_token);
            if (next) {
                ++num_won;
            } else if (next.error().code == ErrorCode::kUnauthenticated) {
                ++num_refused;
            }
        });
        ASSERT_EQ(num_won, 1) << round;
        ASSERT_EQ(num_refused, 1) << round;
        EXPECT_EQ(refusal(session.access_token), ErrorCode::kUnauthenticated);
    }
}

TEST_F(AccessThreads, ARevocationIsNeverUndoneByAReadThatCameBefore) {
    const Scopes scopes{Scope::kRecommend};
    for (int round = 0; round < 20; ++round) {
        const auto issued = service_->api_keys().create({.name = "x", .scopes = scopes}, "anna");
        ASSERT_TRUE(issued);
        std::atomic<bool> revoked = false;
        together(3, [&](int i) {
            if (i == 0) {
                EXPECT_TRUE(service_->api_keys().revoke(issued->key.id));
                revoked = true;
                return;
            }
            for (int tries = 0; tries < 50; ++tries) {
                const bool was_revoked = revoked;
                const auto principal = service_->authenticate(issued->secret);
                EXPECT_FALSE(was_revoked && principal);
            }
        });
        EXPECT_EQ(refusal(issued->secret), ErrorCode::kUnauthenticated);
    }
}

TEST_F(AccessThreads, ManySignInsTakeTurns) {
    add_account("anna", Role::kAnalyst);
    options_.max_parallel_password_checks = 1;
    options_.max_waiting_password_checks = 2;
    open_service();
    std::atomic<int> num_in = 0;
    std::atomic<int> num_busy = 0;
    together(8, [&](int) {
        const auto session = service_->sessions().sign_in("anna", password_of("anna"));
        if (session) {
            ++num_in;
        } else if (session.error().code == ErrorCode::kUnavailable) {
            ++num_busy;
        }
    });
    EXPECT_EQ(num_in + num_busy, 8);
    EXPECT_GE(num_in, 3);
}

TEST_F(AccessThreads, RequestsAndMaintenanceGoTogether) {
    add_account("anna", Role::kAnalyst);
    const SignedIn session = sign_in("anna");
    const auto issued =
        service_->api_keys().create({.name = "x", .scopes = {Scope::kRecommend}}, "anna");
    ASSERT_TRUE(issued);
    together(4, [&](int i) {
        for (int n = 0; n < 100; ++n) {
            if (i == 0) {
                EXPECT_TRUE(service_->maintain());
            } else if (i == 1) {
                service_->customer_removed();
            } else {
                EXPECT_TRUE(service_->authenticate(session.access_token));
                EXPECT_TRUE(service_->authenticate(issued->secret));
            }
        }
    });
}

TEST(RateLimiterThreads, TogetherLetThroughWhatOneWould) {
    RateLimiter limiter({.requests_per_s = 1, .burst = 1'000}, 4'096);
    std::atomic<int> num_allowed = 0;
    together(4, [&](int i) {
        for (int n = 0; n < 1'000; ++n) {
            if (limiter.take("shared", 0).allowed) ++num_allowed;
            EXPECT_TRUE(limiter.take(std::to_string(i), 0).allowed);
        }
    });
    EXPECT_EQ(num_allowed, 1'000);
}

}  // namespace
}  // namespace attune
