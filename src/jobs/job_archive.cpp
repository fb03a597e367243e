#include "jobs/job_archive.hpp"

#include <algorithm>

namespace attune {
namespace {

namespace fs = std::filesystem;

/// Removes the files that these jobs wrote: what begins with the id of one and a dot. What else
/// lies in the folder is somebody else's.
void remove_files(const fs::path& folder, const std::vector<std::string>& sorted_ids) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        const std::string id = name.substr(0, name.find('.'));
        if (std::binary_search(sorted_ids.begin(), sorted_ids.end(), id)) {
            files.push_back(entry->path());
        }
    }
    for (const fs::path& file : files) {
        std::error_code ignored;
        fs::remove(file, ignored);
    }
}

}  // namespace

Status JobArchive::keep(const Job& job) {
    return database_.write([&](Stores& stores) { return stores.jobs().put(to_record(job)); });
}

Status JobArchive::keep_end(const Job& job) {
    const Status kept = keep(job);
    if (kept) return {};
    const std::lock_guard lock(mutex_);
    held_[job.id] = job;
    return kept;
}

void JobArchive::store_held() {
    std::map<std::string, Job> jobs;
    {
        const std::lock_guard lock(mutex_);
        jobs = held_;
    }
    for (const auto& [id, job] : jobs) {
        // The others would be refused as well.
        if (!keep(job)) return;
        const std::lock_guard lock(mutex_);
        held_.erase(id);
    }
}

bool JobArchive::holds_some() const {
    const std::lock_guard lock(mutex_);
    return !held_.empty();
}

std::optional<Job> JobArchive::held(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(id);
    return found == held_.end() ? std::nullopt : std::optional<Job>(found->second);
}

Status JobArchive::fail_interrupted() {
    return database_.write([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const std::vector<JobRecord> records, stores.jobs().unfinished());
        for (const JobRecord& record : records) {
            ATTUNE_ASSIGN(Job job, job_from_record(record));
            job.state = JobState::kFailed;
            job.ended_at = clock_.now();
            job.error = Error{ErrorCode::kUnavailable, "interrupted by a restart"};
            ATTUNE_TRY(stores.jobs().put(to_record(job)));
        }
        return {};
    });
}

Result<Job> JobArchive::get(const std::string& id) const {
    if (auto job = held(id)) return std::move(*job);
    JobRecord record;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(record, stores.jobs().get(id));
        return {};
    }));
    return job_from_record(record);
}

Result<std::vector<Job>> JobArchive::list(const NewestFirst& page) const {
    std::vector<JobRecord> records;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(records, stores.jobs().list(page));
        return {};
    }));
    std::vector<Job> jobs;
    for (const JobRecord& record : records) {
        ATTUNE_ASSIGN(Job job, job_from_record(record));
        jobs.push_back(held(job.id).value_or(std::move(job)));
    }
    return jobs;
}

Result<std::size_t> JobArchive::purge(Timestamp time, std::size_t limit) {
    std::vector<std::string> ids;
    ATTUNE_TRY(database_.read([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(const auto records, stores.jobs().ended_before(time, limit));
        for (const JobRecord& record : records) ids.push_back(record.id);
        return {};
    }));
    if (ids.empty()) return std::size_t{0};
    std::sort(ids.begin(), ids.end());
    // The files first: a record without its file says that it is gone, but nobody would look again
    // for a file without its record. And not within the write, for a large file takes its time.
    remove_files(files_folder_, ids);
    std::size_t num_removed = 0;
    ATTUNE_TRY(database_.write([&](Stores& stores) -> Status {
        ATTUNE_ASSIGN(num_removed, stores.jobs().remove(ids));
        return {};
    }));
    return num_removed;
}

}  // namespace attune
