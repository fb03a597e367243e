#include "serving/recommend_list.hpp"

#include <cerrno>
#include <fstream>

#include "core/file_error.hpp"
#include "serving/answer_json.hpp"

namespace attune {
namespace {

constexpr std::size_t kPageSize = 1'000;

Result<std::vector<std::string>> customer_ids(Database& database, const Page& page) {
    std::vector<std::string> ids;
    ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const std::vector<Customer> customers, stores.customers().list(page));
        for (const Customer& customer : customers) ids.push_back(customer.id);
        return {};
    }));
    return ids;
}

/// Writes the lines; what is not finished is removed again.
class LinesFile {
 public:
    explicit LinesFile(std::filesystem::path path)
        : path_(std::move(path)), stream_(path_, std::ios::binary | std::ios::trunc) {}
    ~LinesFile() {
        if (finished_) return;
        stream_.close();
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    LinesFile(const LinesFile&) = delete;
    LinesFile& operator=(const LinesFile&) = delete;

    Status write(std::string_view line) {
        stream_.write(line.data(), static_cast<std::streamsize>(line.size()));
        return checked();
    }
    Status finish() {
        stream_.close();
        ATTUNE_TRY(checked());
        finished_ = true;
        return {};
    }

 private:
    [[nodiscard]] Status checked() const {
        if (stream_) return {};
        return fail(file_error_code(errno), "{}: cannot be written", path_.string());
    }

    std::filesystem::path path_;
    std::ofstream stream_;
    bool finished_ = false;
};

/// The answer for one customer by a given model; none: the purpose is refused.
Result<std::shared_ptr<const AnswerBody>> answer_by(const ServingModel& model,
                                                    const LiveRecommender& recommender,
                                                    const RecommendRequest& request,
                                                    Timestamp now) {
    ATTUNE_ASSIGN(const CustomerInput customer,
                  recommender.input_of(request.customer_id, model, now));
    const Status allowed = check_purpose(request.purpose, customer, now);
    if (!allowed && allowed.error().code == ErrorCode::kForbidden) {
        return std::shared_ptr<const AnswerBody>();
    }
    ATTUNE_TRY(allowed);
    return make_answer(request, {model, customer, now}, nullptr);
}

}  // namespace

Result<RecommendPage> recommend_page(Database& database, LiveRecommender& recommender,
                                     const Page& page, const RecommendRequest& like) {
    ATTUNE_ASSIGN(std::vector<std::string> ids,
                  customer_ids(database, {page.after, page.limit + 1}));
    RecommendPage result;
    if (ids.size() > page.limit) {
        ids.resize(page.limit);
        result.next_after = ids.back();
    }
    RecommendRequest request = like;
    for (std::string& id : ids) {
        request.customer_id = std::move(id);
        auto answer = recommender.recommend(request);
        if (!answer && answer.error().code == ErrorCode::kForbidden) {
            ++result.num_refused;
            continue;
        }
        ATTUNE_TRY(answer);
        result.answers.push_back(std::move(*answer));
    }
    return result;
}

Result<RecommendAllOutcome> recommend_all(Database& database, const LiveRecommender& recommender,
                                          const RecommendRequest& like,
                                          const std::filesystem::path& file, Progress& progress) {
    ATTUNE_ASSIGN(const auto model, recommender.model());
    RecommendAllOutcome outcome;
    outcome.model_version = model->snapshot().version;
    LinesFile lines(file);
    std::size_t num_customers = 0;
    ATTUNE_TRY(database.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(num_customers, stores.customers().count());
        return {};
    }));
    progress.begin("recommending", num_customers);
    RecommendRequest request = like;
    Page page{"", kPageSize};
    std::uint64_t done = 0;
    for (;;) {
        ATTUNE_ASSIGN(std::vector<std::string> ids, customer_ids(database, page));
        if (ids.empty()) break;
        page.after = ids.back();
        for (std::string& id : ids) {
            request.customer_id = std::move(id);
            ATTUNE_ASSIGN(const auto body,
                          answer_by(*model, recommender, request, recommender.now()));
            progress.advance(++done);
            if (progress.cancelled()) return fail(ErrorCode::kCancelled, "it was stopped");
            if (!body) {
                ++outcome.num_refused;
                continue;
            }
            fmt::memory_buffer line;
            append_answer_in_list({body, {}, {}, 0, false, false}, line);
            line.push_back('\n');
            ATTUNE_TRY(lines.write({line.data(), line.size()}));
            ++outcome.num_customers;
            outcome.num_items += body->items.size();
        }
    }
    ATTUNE_TRY(lines.finish());
    progress.end();
    return outcome;
}

}  // namespace attune
