#pragma once

#include "http/routes/routes.hpp"
#include "jobs/job_runner.hpp"
#include "support/live_bank.hpp"
#include "unit/http/dispatcher_fixture.hpp"

namespace attune {

/// All routes with what they call: a bank, its accounts, jobs.
class RoutesFixture : public DispatcherFixture {
 protected:
    void SetUp() override {
        DispatcherFixture::SetUp();
        // Accounts beside the customers that they see, in one store.
        service_.reset();
        records_.reset();
        store_ = std::make_unique<FailingDatabase>(bank_.database());
        service_ = AccessService::open(*store_, clock_, options_).value();
        records_ = std::make_unique<RecordReader>(*store_);
        jobs_ = JobRunner::start(bank_.database(), clock_, {},
                                 JobRunnerOptions{.files_folder = folder_ / "jobs"})
                    .value();
        watched_ = std::make_unique<WatchedDatabase>(
            std::make_unique<FailingDatabase>(bank_.database()), WatchedDatabase::Options{});
        std::filesystem::create_directories(folder_ / "uploads");
        parts_ = std::make_unique<ServiceParts>(
            ServiceParts{bank_.service(), *jobs_, *service_, *records_, metrics_, retention_,
                         *watched_, clock_, folder_ / "uploads", folder_ / "mappings"});
        routes_ = all_routes(*parts_, limits_);
    }
    void TearDown() override {
        parts_->stream_pump->stop();
        DispatcherFixture::TearDown();
        service_.reset();
    }

    LiveBank bank_{LiveBank::Model::kNone};
    ServiceLimits limits_;
    RetentionSweep retention_{{}, clock_, {}, [](const std::string&) {}};
    std::unique_ptr<JobRunner> jobs_;
    std::unique_ptr<WatchedDatabase> watched_;
    std::unique_ptr<ServiceParts> parts_;
    std::vector<Route> routes_;
};

}  // namespace attune
