#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/context.hpp"
#include "serving/export_service.hpp"

namespace attune {
namespace {

class ExportCommand final : public Command {
 public:
    void add_to(CLI::App& app) override {
        CLI::App* command =
            declare(app, "export",
                    "Write records to a .xlsx, .csv or .jsonl file (the last two also .gz, .xz)");
        std::vector<std::string> kinds;
        for (const RecordKind kind : kRecordKinds) kinds.emplace_back(record_kind_name(kind));
        command->add_option("--records", kind_, "Which records to write")
            ->required()
            ->check(CLI::IsMember(kinds));
        command->add_option("FILE", file_, "The file to write; its ending decides the format")
            ->required();
    }

    Status run(Context& context) override {
        ATTUNE_ASSIGN(const RecordKind kind, parse_record_kind(kind_));
        ATTUNE_ASSIGN(const auto database, context.open_database(Context::Access::kRead));
        ATTUNE_ASSIGN(const std::uint64_t num_records,
                      export_records(*database, kind, file_, context.progress()));
        context.say(fmt::format("{} {} records written to {}", num_records, kind_, file_));
        context.emit({{"file", file_}, {"records", kind_}, {"num_records", num_records}});
        return {};
    }

 private:
    std::string kind_;
    std::string file_;
};

}  // namespace

std::unique_ptr<Command> make_export_command() {
    return std::make_unique<ExportCommand>();
}

}  // namespace attune
