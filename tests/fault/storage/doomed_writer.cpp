// Writes to a database until it is killed, and tells on standard output how far it is.
//
//   storage_doomed_writer <url> bulk     one write without an end; "<n>" after each 1,000 events
//   storage_doomed_writer <url> single   one event a write, from four threads; "<id>" for each that
//                                        was acknowledged

#include <unistd.h>

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "storage/stores.hpp"

namespace {

using namespace attune;

constexpr int kBatch = 1000;
constexpr int kNumThreads = 4;

/// One line, at once: what is still in a buffer dies with the process.
void tell(const std::string& line) {
    const std::string text = line + "\n";
    if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) ::_exit(3);
}

Event event_of(const std::string& id, std::int64_t number) {
    Event event;
    event.id = id;
    event.customer_id = "c1";
    event.product_id = "p1";
    event.time = Timestamp{number * 1000};
    return event;
}

Status write_bulk(Stores& stores) {
    for (std::int64_t number = 0;;) {
        std::vector<Event> events;
        for (int i = 0; i < kBatch; ++i, ++number) {
            events.push_back(event_of("bulk" + std::to_string(number), number));
        }
        ATTUNE_TRY(stores.events().append(events));
        tell(std::to_string(number));
    }
}

void write_singles(Database& database, int thread) {
    for (std::int64_t number = 0;; ++number) {
        const std::string id = std::to_string(thread) + "-" + std::to_string(number);
        const Event event = event_of(id, number);
        const Status status = database.write([&](Stores& stores) -> Status {
            ATTUNE_TRY(stores.events().append({&event, 1}));
            return {};
        });
        if (!status) return;
        tell(id);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    auto database = open_database(argv[1]);
    if (!database) return 4;
    if (std::string_view(argv[2]) == "bulk") return (*database)->write(write_bulk) ? 0 : 5;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kNumThreads; ++thread) {
        threads.emplace_back([&, thread] { write_singles(**database, thread); });
    }
    for (std::thread& thread : threads) thread.join();
    return 5;
}
