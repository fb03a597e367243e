#pragma once

#include "storage/job_store.hpp"
#include "storage/sql/context.hpp"

namespace attune {

class JobStoreSql final : public JobStore {
 public:
    explicit JobStoreSql(SqlContext& context) : context_(context) {}

    Status put(const JobRecord& job) override;
    Result<JobRecord> get(std::string_view id) override;
    Result<std::vector<JobRecord>> list(const NewestFirst& page) override;
    Result<std::vector<JobRecord>> unfinished() override;
    Result<std::vector<JobRecord>> ended_before(Timestamp time, std::size_t limit) override;
    Result<std::size_t> remove(std::span<const std::string> ids) override;

 private:
    SqlContext& context_;
};

}  // namespace attune
