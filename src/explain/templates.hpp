#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/condition.hpp"
#include "explain/reasons.hpp"

namespace attune {

/// The texts of one language: a Mustache template for each reason code, `condition` for what is to
/// be checked, and `item`, which joins them; and how ids and numbers read (names.txt).
///
/// Values are plain text of one line and bounded length; nothing in them is read as a tag, and
/// nothing is escaped for HTML: whoever shows a text in a page escapes it there.
///
/// @threads  every const member may be called from many threads at once
class ReasonTemplates {
 public:
    /// File names and what they hold: "popular.mustache", ..., "names.txt".
    using Files = std::map<std::string, std::string, std::less<>>;

    /// @errors kInvalidArgument: a template that is missing, that no reason has, or that
    ///         `check_template` refuses; a bad names.txt; each with its file's name
    static Result<ReasonTemplates> create(const Files& files);

    ReasonTemplates(ReasonTemplates&&) noexcept;
    ReasonTemplates& operator=(ReasonTemplates&&) noexcept;
    ~ReasonTemplates();

    /// "Because you bought RED RETROSPOT MUG (3 Nov 2011) and 2 other products that go with it."
    [[nodiscard]] std::string reason_text(const Reason& reason, const Product& product) const;

    /// "minimum income 35,000.00 AUD (your income is not known)"
    [[nodiscard]] std::string condition_text(const Condition& condition) const;

    /// All of it in one line. @param reasons  with their texts
    [[nodiscard]] std::string item_text(std::span<const Reason> reasons,
                                        std::span<const Condition> conditions,
                                        const Product& product) const;

 private:
    struct Parts;
    explicit ReasonTemplates(std::unique_ptr<Parts> parts);

    std::unique_ptr<Parts> parts_;
};

/// Reads the templates of `language` from the folder of that name under `folder`.
/// @errors kNotFound: no such folder (names the languages that there are); kInvalidArgument: a
///         language that is no code such as "en", and as ReasonTemplates::create, with the path;
///         kUnavailable: a file that cannot be read; kNotAFile: one that is a folder;
///         kLimitExceeded: one of more than 64 KiB
Result<ReasonTemplates> load_reason_templates(const std::filesystem::path& folder,
                                              std::string_view language);

/// The English templates of config/templates/reasons/en as they were when this was built, for where
/// no folder is set.
Result<ReasonTemplates> built_in_reason_templates();

/// An item's reasons with their texts, and the text of the whole item.
struct ItemReasons {
    std::vector<Reason> reasons;
    std::string text;
};

/// Derives the reasons of one ranked item and puts them into words.
ItemReasons explain_in_words(const ReasonTemplates& templates, const Explanation& explanation,
                             std::span<const Condition> conditions, const ReasonContext& context,
                             const ReasonOptions& options);

}  // namespace attune
