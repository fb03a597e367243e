#include <CLI/CLI.hpp>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/context.hpp"
#include "cli/home.hpp"
#include "ingest/import_report_text.hpp"
#include "ingest/pack.hpp"
#include "serving/import_service.hpp"
#include "serving/settings.hpp"

namespace attune {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// The counts of all files together, filters under their own names.
json summary_of(const std::vector<ImportFile>& files, const std::vector<ImportReport>& reports) {
    json summary = json::object();
    const auto add = [&](const std::string& key, std::uint64_t count) {
        summary[key] = summary.value(key, std::uint64_t{0}) + count;
    };
    for (std::size_t i = 0; i < reports.size(); ++i) {
        const ImportReport& report = reports[i];
        add("rows_read", report.rows_read);
        for (std::size_t f = 0; f < report.filters.size(); ++f) {
            const auto& [name, rows] = report.filters[f];
            if (files[i].mapping.skips[f].in_summary) add(name, rows);
        }
        add("rows_duplicate", report.rows_duplicate);
        add("rows_accepted", report.rows_accepted);
        add("customers", report.customers);
        add("products", report.products);
        if (report.rows_bad > 0) add("rows_bad", report.rows_bad);
    }
    return summary;
}

json stored_json(const ImportOutcome& outcome) {
    json stored = json::object();
    for (const RecordKind kind : kRecordKinds) {
        const PutCounts& counts = outcome.stored[static_cast<std::size_t>(kind)];
        if (counts == PutCounts{}) continue;
        stored[std::string(record_kind_name(kind))] = {
            {"added", counts.added}, {"changed", counts.changed}, {"unchanged", counts.unchanged}};
    }
    return stored;
}

class ImportCommand final : public Command {
 public:
    void add_to(CLI::App& app) override {
        CLI::App* command =
            declare(app, "import",
                    "Import .xlsx, .csv or .jsonl files (the last two also .gz, .xz), or a bundled "
                    "pack. All files are one transaction; what is stored already is not added "
                    "again.");
        command->add_option("--mapping", mapping_,
                            "How the files are laid out: online-retail, native-customer, ..., or a "
                            "mapping file (TOML); see docs/mappings.md");
        command->add_option("--pack", pack_, "A bundled pack: bank or retail");
        command->add_option("--sheet", sheet_, "The sheet of an .xlsx to read");
        command
            ->add_option("--on-error", on_error_,
                         "At a bad row: stop (and change nothing) or skip it")
            ->check(CLI::IsMember({"stop", "skip"}));
        command->add_option("--report", report_file_,
                            "Write the data-quality report to this file (JSON)");
        command->add_option("FILE", files_, "The files to import");
    }

    Status run(Context& context) override {
        ATTUNE_ASSIGN(const std::vector<ImportFile> files, files_to_import(context));
        ATTUNE_ASSIGN(ImportOptions options, import_options(context.config(), SystemClock().now()));
        if (!on_error_.empty()) {
            options.on_error = on_error_ == "skip" ? OnError::kSkip : OnError::kStop;
        }
        const bool existed = context.database_exists();
        auto outcome = import_into(context, files, options);
        if (!outcome) {
            if (!existed) context.remove_database();
            return fail(
                Error{outcome.error().code, outcome.error().message + " (nothing was imported)"});
        }
        show(context, files, *outcome);
        return write_report(*outcome);
    }

 private:
    /// Closes the database again, so that a new one can be removed after a failure.
    static Result<ImportOutcome> import_into(Context& context, const std::vector<ImportFile>& files,
                                             const ImportOptions& options) {
        ATTUNE_ASSIGN(const auto database, context.open_database(Context::Access::kWrite));
        return import_files(*database, files, options, context.database_folder(),
                            context.progress());
    }

    Result<std::vector<ImportFile>> files_to_import(Context& context) {
        if (!pack_.empty() && (!mapping_.empty() || !sheet_.empty())) {
            return fail(
                ErrorCode::kInvalidArgument,
                "--pack brings its own mappings and sheets: leave out --mapping and --sheet");
        }
        if (pack_.empty() == files_.empty()) {
            return fail(ErrorCode::kInvalidArgument,
                        "name either files to import or a pack, as in `attune import --pack bank` "
                        "or `attune import --mapping online-retail FILE`");
        }
        std::vector<ImportFile> files;
        if (!pack_.empty()) {
            ATTUNE_ASSIGN(const fs::path home, context.home());
            ATTUNE_ASSIGN(const fs::path manifest, find_pack(home, pack_));
            ATTUNE_ASSIGN(const Pack pack, load_pack(manifest));
            context.say(fmt::format("{}\n{}", pack.title, pack.notice));
            for (const PackImport& part : pack.imports) {
                ATTUNE_ASSIGN(ImportFile file,
                              with_mapping(context, part.file, part.mapping, part.sheet));
                files.push_back(std::move(file));
            }
            return files;
        }
        if (mapping_.empty()) {
            return fail(ErrorCode::kInvalidArgument,
                        "say how the files are laid out with --mapping; for files that `attune "
                        "export` wrote it is native-customer, native-product, native-event, ...");
        }
        for (const std::string& path : files_) {
            ATTUNE_ASSIGN(ImportFile file, with_mapping(context, path, mapping_, sheet_));
            files.push_back(std::move(file));
        }
        return files;
    }

    static Result<ImportFile> with_mapping(Context& context, const fs::path& path,
                                           const std::string& mapping, const std::string& sheet) {
        ATTUNE_ASSIGN(const fs::path home, context.home());
        const std::array folders{home / "config" / "mappings"};
        ImportFile file;
        file.path = path;
        ATTUNE_ASSIGN(file.mapping, find_mapping(mapping, folders));
        file.mapping.source.limits = reader_limits(context.config());
        if (!sheet.empty()) file.mapping.source.sheet = sheet;
        return file;
    }

    Status write_report(const ImportOutcome& outcome) const {
        if (report_file_.empty()) return {};
        json reports = json::array();
        for (const ImportReport& report : outcome.reports) reports.push_back(to_json(report));
        std::ofstream stream(report_file_);
        stream << reports.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
        stream.close();
        if (!stream) {
            return fail(ErrorCode::kUnavailable,
                        "{}: the report cannot be written; the import itself is done",
                        report_file_);
        }
        return {};
    }

    static void show(Context& context, const std::vector<ImportFile>& files,
                     const ImportOutcome& outcome) {
        for (const ImportReport& report : outcome.reports) {
            context.say(report_text(report));
            context.emit({{"report", to_json(report)}});
        }
        const json stored = stored_json(outcome);
        if (!stored.empty()) context.say("stored:");
        for (const auto& [kind, counts] : stored.items()) {
            context.say(fmt::format("  {:<12} {:>11} added {:>11} changed {:>11} unchanged", kind,
                                    grouped(counts["added"]), grouped(counts["changed"]),
                                    grouped(counts["unchanged"])));
        }
        context.emit({{"stored", stored}});
        context.emit(summary_of(files, outcome.reports));
    }

    std::string mapping_;
    std::string pack_;
    std::string sheet_;
    std::string on_error_;
    std::string report_file_;
    std::vector<std::string> files_;
};

}  // namespace

std::unique_ptr<Command> make_import_command() {
    return std::make_unique<ImportCommand>();
}

}  // namespace attune
