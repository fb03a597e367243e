#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "access/accounts.hpp"
#include "cli/context.hpp"

namespace attune {
namespace {

using nlohmann::json;

constexpr std::size_t kPage = 500;

json to_json(const AccountView& account) {
    json object{{"name", account.name},
                {"display_name", account.display_name},
                {"role", role_name(account.role)},
                {"disabled", account.disabled},
                {"must_change_password", account.must_change_password},
                {"created_at", format_timestamp(account.created_at)},
                {"num_customers", account.num_customers}};
    if (account.locked_until) object["locked_until"] = format_timestamp(*account.locked_until);
    return object;
}

std::string line_of(const AccountView& account) {
    std::string notes;
    if (account.disabled) notes += ", disabled";
    if (account.locked_until) notes += ", locked until " + format_timestamp(*account.locked_until);
    if (account.must_change_password) notes += ", one-time password";
    if (account.role == Role::kAdviser) {
        notes += fmt::format(", {} customers", account.num_customers);
    }
    return fmt::format("{:<24} {:<14} {}{}", account.name, role_name(account.role),
                       account.display_name, notes);
}

/// Accounts of people, without the service: `user add`, `list`, `reset`, `remove`.
class UserCommand final : public Command {
 public:
    void add_to(CLI::App& app) override {
        CLI::App* command = declare(app, "user", "Add, list, reset or remove accounts of people");
        command->require_subcommand(1);
        // So that --database and the like may stand after the action.
        command->fallthrough();
        add_ = command->add_subcommand("add", "Add an account; prints its one-time password");
        add_->add_option("NAME", account_.name, "a-z, 0-9 and . _ - @")->required();
        add_->add_option("--role", role_, "What the account may do")
            ->check(CLI::IsMember({"administrator", "analyst", "adviser"}))
            ->required();
        add_->add_option("--display-name", account_.display_name, "The name that people see");
        list_ = command->add_subcommand("list", "List the accounts");
        reset_ = command->add_subcommand(
            "reset", "Give an account a new one-time password, and end its sessions and locks");
        reset_->add_option("NAME", account_.name, "The account")->required();
        remove_ = command->add_subcommand("remove", "Remove an account");
        remove_->add_option("NAME", account_.name, "The account")->required();
        for (CLI::App* action : {add_, list_, reset_, remove_}) action->fallthrough();
    }

    Status run(Context& context) override {
        ATTUNE_ASSIGN(const auto database, context.open_database(Context::Access::kWrite));
        ATTUNE_ASSIGN(const auto passwords, Passwords::create(access_options(context.config())));
        Accounts accounts(*database, clock_, *passwords, nullptr);
        if (add_->parsed()) return add(context, accounts);
        if (list_->parsed()) return list(context, accounts);
        if (reset_->parsed()) {
            ATTUNE_ASSIGN(const IssuedAccount issued, accounts.reset_password(account_.name));
            show(context, issued);
            return {};
        }
        ATTUNE_TRY(accounts.remove(account_.name));
        context.say(fmt::format("{} removed", account_.name));
        context.emit({{"removed", account_.name}});
        return {};
    }

 private:
    Status add(Context& context, Accounts& accounts) {
        ATTUNE_ASSIGN(account_.role, parse_role(role_));
        ATTUNE_ASSIGN(const IssuedAccount issued, accounts.create(account_));
        show(context, issued);
        return {};
    }

    static Status list(Context& context, Accounts& accounts) {
        Page page{.after = "", .limit = kPage};
        for (;;) {
            ATTUNE_ASSIGN(const auto views, accounts.list(page));
            for (const AccountView& view : views) {
                context.say(line_of(view));
                context.emit(to_json(view));
            }
            if (views.size() < page.limit) return {};
            page.after = views.back().name;
        }
    }

    static void show(Context& context, const IssuedAccount& issued) {
        context.say(line_of(issued.account));
        context.say(
            fmt::format("One-time password: {}\nIt is not shown again, and must be changed "
                        "at the first sign-in.",
                        issued.one_time_password));
        context.emit({{"account", to_json(issued.account)},
                      {"one_time_password", issued.one_time_password}});
    }

    SystemClock clock_;
    NewAccount account_;
    std::string role_;
    CLI::App* add_ = nullptr;
    CLI::App* list_ = nullptr;
    CLI::App* reset_ = nullptr;
    CLI::App* remove_ = nullptr;
};

}  // namespace

std::unique_ptr<Command> make_user_command() {
    return std::make_unique<UserCommand>();
}

}  // namespace attune
