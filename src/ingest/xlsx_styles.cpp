#include <charconv>
#include <map>

#include "ingest/xlsx_package.hpp"
#include "ingest/xml_stream.hpp"

namespace attune {
namespace {

constexpr std::uint64_t kMaxStylesBytes = 256ULL << 20;
constexpr std::size_t kMaxStyles = 1'000'000;  // Excel allows 65,490

class StylesHandler final : public XmlHandler {
 public:
    void start_element(XmlStream& stream, std::string_view name,
                       const XmlAttributes& attributes) override {
        if (name == "numFmt") {
            is_date_by_id_[id_of(attributes)] = is_date_format(attributes.find("formatCode"));
            check_count(stream, is_date_by_id_.size());
        } else if (name == "cellXfs") {
            in_cell_styles_ = true;
        } else if (name == "xf" && in_cell_styles_) {
            const unsigned id = id_of(attributes);
            // A workbook may give a built-in id a format of its own.
            const auto own = is_date_by_id_.find(id);
            date_styles.push_back(own != is_date_by_id_.end() ? own->second
                                                              : is_date_format_id(id));
            check_count(stream, date_styles.size());
        }
    }
    void end_element(XmlStream&, std::string_view name) override {
        if (name == "cellXfs") in_cell_styles_ = false;
    }
    void characters(XmlStream&, std::string_view) override {}

    std::vector<bool> date_styles;

 private:
    static unsigned id_of(const XmlAttributes& attributes) {
        const std::string_view text = attributes.find("numFmtId");
        unsigned id = 0;
        std::from_chars(text.data(), text.data() + text.size(), id);
        return id;
    }

    static void check_count(XmlStream& stream, std::size_t count) {
        if (count <= kMaxStyles) return;
        stream.stop({ErrorCode::kLimitExceeded,
                     fmt::format("the workbook has more than {} styles", kMaxStyles)});
    }

    std::map<unsigned, bool> is_date_by_id_;
    bool in_cell_styles_ = false;
};

}  // namespace

Result<std::vector<bool>> read_date_styles(ZipArchive& archive, const std::string& part) {
    if (part.empty()) return std::vector<bool>();
    ATTUNE_ASSIGN(std::unique_ptr<ZipPart> source, archive.open_part(part, kMaxStylesBytes));
    if (source == nullptr) return std::vector<bool>();
    StylesHandler handler;
    XmlStream stream(std::move(source), handler);
    if (const Result<bool> done = stream.run(); !done) {
        return fail(done.error().at("part " + part));
    }
    return std::move(handler.date_styles);
}

}  // namespace attune
