#include "serving/live_stream.hpp"

#include <gtest/gtest.h>

namespace attune {
namespace {

std::vector<std::string> texts(const StreamMessages& messages) {
    std::vector<std::string> texts;
    for (const auto& message : messages) texts.push_back(message->data);
    return texts;
}

using Texts = std::vector<std::string>;

TEST(LiveStream, GivesEachSubscriberWhatItAskedFor) {
    LiveStream stream({});
    auto all = stream.subscribe({}).value();
    LiveStream::Wish wish;
    wish.kinds = StreamKinds();
    wish.kinds.add(StreamKind::kJob);
    auto jobs = stream.subscribe(std::move(wish)).value();
    stream.publish(StreamKind::kEvent, "e1");
    stream.publish(StreamKind::kJob, "j1");
    stream.publish(StreamKind::kAlert, "a1");
    EXPECT_EQ(texts(all->take(2)), (Texts{"e1", "j1"}));
    EXPECT_EQ(texts(all->take(10)), (Texts{"a1"}));
    EXPECT_TRUE(all->take(10).empty());
    EXPECT_EQ(texts(jobs->take(10)), (Texts{"j1"}));
    EXPECT_EQ(texts(stream.latest(StreamKind::kEvent, 5)), (Texts{"e1"}));
}

TEST(LiveStream, GoesOnAfterAMessage) {
    LiveStreamOptions options;
    options.ring_messages = 5;
    options.first_id = 1'000;
    LiveStream stream(options);
    for (int i = 0; i < 8; ++i) stream.publish(StreamKind::kEvent, std::to_string(i));
    EXPECT_EQ(stream.last_id(), 1'007U);
    const auto after = [&](std::uint64_t id) {
        LiveStream::Wish wish;
        wish.after = id;
        return stream.subscribe(std::move(wish)).value();
    };
    const auto kept = after(1'004);
    EXPECT_FALSE(kept->must_reset());
    EXPECT_EQ(texts(kept->take(10)), (Texts{"5", "6", "7"}));
    EXPECT_FALSE(after(1'002)->must_reset());  // all five that are kept
    EXPECT_TRUE(after(1'001)->must_reset());
    EXPECT_TRUE(after(9'999)->must_reset());  // of another run
    EXPECT_FALSE(after(1'007)->must_reset());
}

LiveStream::Wish wish_for(std::initializer_list<StreamKind> kinds) {
    LiveStream::Wish wish;
    wish.kinds = StreamKinds();
    for (const StreamKind kind : kinds) wish.kinds.add(kind);
    return wish;
}

TEST(LiveStream, ManyOfOneKindPushOutNoneOfAnother) {
    LiveStreamOptions options;
    options.ring_messages = 5;
    options.ring_jobs = 2;
    options.ring_alerts = 3;
    LiveStream stream(options);
    stream.publish(StreamKind::kEvent, "e1");
    stream.publish(StreamKind::kAlert, "a1");
    stream.publish(StreamKind::kJob, "j1");
    for (int i = 0; i < 100; ++i) stream.publish(StreamKind::kDecision, std::to_string(i));
    EXPECT_EQ(texts(stream.latest(StreamKind::kAlert, 20)), (Texts{"a1"}));
    EXPECT_EQ(texts(stream.latest(StreamKind::kEvent, 20)), (Texts{"e1"}));
    EXPECT_EQ(texts(stream.latest(StreamKind::kDecision, 2)), (Texts{"99", "98"}));
    EXPECT_EQ(stream.latest(StreamKind::kDecision, 20).size(), 5U);
    for (int i = 0; i < 5; ++i) stream.publish(StreamKind::kAlert, std::to_string(i));
    for (int i = 0; i < 5; ++i) stream.publish(StreamKind::kJob, std::to_string(i));
    EXPECT_EQ(stream.latest(StreamKind::kAlert, 20).size(), 3U);
    EXPECT_EQ(stream.latest(StreamKind::kJob, 20).size(), 2U);
}

TEST(LiveStream, WhoComesBackMissesOnlyWhatItWants) {
    LiveStreamOptions options;
    options.ring_messages = 3;
    LiveStream stream(options);
    stream.publish(StreamKind::kEvent, "e1");     // 1
    stream.publish(StreamKind::kDecision, "d1");  // 2
    stream.publish(StreamKind::kJob, "j1");       // 3
    for (int i = 0; i < 10; ++i) stream.publish(StreamKind::kDecision, "more");
    stream.publish(StreamKind::kAlert, "a1");
    stream.publish(StreamKind::kEvent, "e2");
    const auto back = [&](LiveStream::Wish wish) {
        wish.after = 1;
        return stream.subscribe(std::move(wish)).value();
    };
    const auto others = back(wish_for({StreamKind::kEvent, StreamKind::kJob, StreamKind::kAlert}));
    EXPECT_FALSE(others->must_reset());
    EXPECT_EQ(texts(others->take(2)), (Texts{"j1", "a1"}));  // by id, whatever their kinds
    EXPECT_EQ(texts(others->take(10)), (Texts{"e2"}));
    const auto decisions = back(wish_for({StreamKind::kDecision}));
    EXPECT_TRUE(decisions->must_reset());
    EXPECT_TRUE(decisions->take(10).empty());
    EXPECT_TRUE(back({})->must_reset());
}

TEST(LiveStream, ARingThatOverflowsDropsOnlyWhoWaitsForIt) {
    LiveStreamOptions options;
    options.ring_messages = 3;
    LiveStream stream(options);
    const auto jobs = stream.subscribe(wish_for({StreamKind::kJob})).value();
    const auto all = stream.subscribe({}).value();
    const auto takes = stream.subscribe({}).value();
    stream.publish(StreamKind::kJob, "j1");
    for (int i = 0; i < 4; ++i) {
        stream.publish(StreamKind::kDecision, std::to_string(i));
        EXPECT_EQ(all->ended(), i == 3);
        EXPECT_EQ(takes->take(1).size(), 1U);
    }
    EXPECT_FALSE(takes->ended());
    EXPECT_EQ(texts(takes->take(10)), (Texts{"3"}));
    EXPECT_EQ(texts(jobs->take(10)), (Texts{"j1"}));
    EXPECT_EQ(stream.num_dropped(), 1U);
}

TEST(LiveStream, DropsWhoIsTooSlowAndNobodyElse) {
    LiveStreamOptions options;
    options.max_waiting_messages = 3;
    LiveStream stream(options);
    int woken = 0;
    LiveStream::Wish wish;
    wish.wake = [&] { ++woken; };
    const auto slow = stream.subscribe(std::move(wish)).value();
    const auto good = stream.subscribe({}).value();
    for (int i = 0; i < 10; ++i) {
        stream.publish(StreamKind::kEvent, std::to_string(i));
        EXPECT_EQ(good->take(10).size(), 1U);
    }
    EXPECT_TRUE(slow->ended());
    EXPECT_FALSE(good->ended());
    EXPECT_EQ(stream.num_dropped(), 1U);
    EXPECT_EQ(stream.num_subscribers(), 1U);
    EXPECT_EQ(woken, 2);  // when something came, and when it was dropped
}

TEST(LiveStream, ABatchDropsNobodyForWhomAMessageWaits) {
    LiveStream stream({});
    const auto listener = stream.subscribe({}).value();
    stream.publish(StreamKind::kAlert, "a");
    for (int i = 0; i < 2'000; ++i) stream.publish(StreamKind::kDecision, "d");
    for (int i = 0; i < 1'000; ++i) stream.publish(StreamKind::kEvent, "e");
    EXPECT_FALSE(listener->ended());
    EXPECT_EQ(listener->take(10'000).size(), 3'001U);
}

TEST(LiveStream, WhatWasMissedWhileAwayIsNoSlowness) {
    LiveStreamOptions options;
    options.max_waiting_messages = 3;
    LiveStream stream(options);
    for (int i = 0; i < 10; ++i) stream.publish(StreamKind::kEvent, std::to_string(i));
    LiveStream::Wish wish;
    wish.after = 1;
    const auto back = stream.subscribe(std::move(wish)).value();
    stream.publish(StreamKind::kEvent, "new");
    EXPECT_FALSE(back->ended());
    EXPECT_EQ(back->take(100).size(), 10U);
}

TEST(LiveStream, EndsWithASubscriberOrWithTheStream) {
    LiveStreamOptions options;
    options.max_subscribers = 1;
    LiveStream stream(options);
    auto first = stream.subscribe({}).value();
    EXPECT_EQ(stream.subscribe({}).error().code, ErrorCode::kUnavailable);
    first.reset();
    const auto second = stream.subscribe({}).value();
    stream.publish(StreamKind::kJob, "last");
    stream.close();
    EXPECT_TRUE(second->ended());
    EXPECT_TRUE(second->wait(std::chrono::milliseconds(0)));
    EXPECT_EQ(texts(second->take(5)), (Texts{"last"}));
    EXPECT_FALSE(stream.subscribe({}));
    stream.publish(StreamKind::kJob, "nobody hears");
}

TEST(LiveStream, ReadsItsKinds) {
    for (const StreamKind kind :
         {StreamKind::kEvent, StreamKind::kDecision, StreamKind::kJob, StreamKind::kAlert}) {
        EXPECT_EQ(parse_stream_kind(stream_kind_name(kind)).value(), kind);
    }
    EXPECT_FALSE(parse_stream_kind("gossip"));
}

}  // namespace
}  // namespace attune
