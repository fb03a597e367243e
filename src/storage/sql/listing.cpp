#include "storage/sql/listing.hpp"

#include <fmt/ranges.h>

#include <charconv>
#include <deque>
#include <variant>

#include "storage/sql/rows.hpp"
#include "storage/sql/search_text.hpp"

namespace attune {
namespace {

/// A value bound by its name; kept at one address.
struct Parameter {
    std::string name;
    std::variant<std::string, long long> value;
};

/// A listing as a query takes shape.
struct Listing {
    std::string table;
    std::string key;             ///< integer key of the table
    std::string covering_index;  ///< holds all columns that conditions and sorts name
    bool scans_index = false;    ///< whether a condition makes that index the one to read
    std::vector<std::string> conditions{};
    std::deque<Parameter> parameters{};
    std::string sort = "id";
    SortOrder order = SortOrder::kAscending;

    void add(std::string condition, std::string name, std::variant<std::string, long long> value) {
        conditions.push_back(std::move(condition));
        parameters.push_back({std::move(name), std::move(value)});
    }
    void add_filter(std::string condition, std::string name, std::string value) {
        add(std::move(condition), std::move(name), std::move(value));
        scans_index = true;
    }
    void add_words(std::string_view text) {
        for (const std::string& word : search_words(text)) {
            const std::string name = fmt::format("word{}", parameters.size());
            add_filter(fmt::format("instr(search_text, :{}) > 0", name), name, word);
        }
    }
    [[nodiscard]] std::string source() const {
        return scans_index ? fmt::format("{} INDEXED BY {}", table, covering_index) : table;
    }
    [[nodiscard]] std::string where() const {
        if (conditions.empty()) return "";
        return fmt::format(" WHERE {}", fmt::join(conditions, " AND "));
    }
};

struct ListedRow {
    std::string document;
    std::string value;
    std::string id;
};

/// Prepares a query with the listing's parameters bound.
template <typename... Bound>
soci::statement prepare_listing(SqlContext& context, const Listing& listing, const std::string& sql,
                                const Bound&... bound) {
    soci::statement statement(context.session);
    for (const Parameter& parameter : listing.parameters) {
        std::visit([&](const auto& value) { statement.exchange(soci::use(value, parameter.name)); },
                   parameter.value);
    }
    (statement.exchange(bound), ...);
    statement.alloc();
    statement.prepare(sql);
    statement.define_and_bind();
    return statement;
}

std::string rows_sql(const Listing& listing) {
    const std::string_view way = listing.order == SortOrder::kAscending ? "" : " DESC";
    const bool by_id = listing.sort == "id";
    const std::string order =
        by_id ? fmt::format("id{}", way) : fmt::format("{0}{1}, id{1}", listing.sort, way);
    return fmt::format(
        "SELECT t.document, k.value, k.id FROM (SELECT {key} AS row_key, {sort} AS value, id "
        "FROM {source}{where} ORDER BY {order} LIMIT :limit) k "
        "CROSS JOIN {table} t ON t.{key} = k.row_key ORDER BY k.value{way}, k.id{way}",
        fmt::arg("key", listing.key), fmt::arg("sort", listing.sort),
        fmt::arg("source", listing.source()), fmt::arg("where", listing.where()),
        fmt::arg("order", order), fmt::arg("table", listing.table), fmt::arg("way", way));
}

Result<std::vector<ListedRow>> fetch_rows(SqlContext& context, const Listing& listing,
                                          std::size_t limit) {
    return guarded(context, [&]() -> Result<std::vector<ListedRow>> {
        const long long row_limit = sql_limit(limit);
        ListedRow row;
        soci::statement statement =
            prepare_listing(context, listing, rows_sql(listing), soci::use(row_limit, "limit"),
                            soci::into(row.document), soci::into(row.value), soci::into(row.id));
        std::vector<ListedRow> rows;
        for (bool found = statement.execute(true); found; found = statement.fetch()) {
            rows.push_back(row);
        }
        return rows;
    });
}

/// Continues after a place. @param value  as the column has it
void add_cursor(Listing& listing, std::variant<std::string, long long> value,
                const std::string& id) {
    const std::string_view beyond = listing.order == SortOrder::kAscending ? ">" : "<";
    if (listing.sort == "id") {
        return listing.add(fmt::format("id {} :after_id", beyond), "after_id", id);
    }
    listing.parameters.push_back({"after_value", std::move(value)});
    listing.add(fmt::format("({}, id) {} (:after_value, :after_id)", listing.sort, beyond),
                "after_id", id);
}

/// One row more than the page tells whether there is another page.
ListingPage page_of(std::vector<ListedRow> rows, std::size_t limit) {
    ListingPage page;
    if (rows.size() > limit) {
        rows.resize(limit);
        if (!rows.empty()) page.next = SortCursor{rows.back().value, rows.back().id};
    }
    for (ListedRow& row : rows) page.documents.push_back(std::move(row.document));
    return page;
}

std::size_t one_more(std::size_t limit) {
    return limit == std::numeric_limits<std::size_t>::max() ? limit : limit + 1;
}

Result<ListingPage> list_by(SqlContext& context, Listing listing,
                            const std::optional<SortCursor>& after, std::size_t limit) {
    if (after) add_cursor(listing, after->value, after->id);
    ATTUNE_ASSIGN(auto rows, fetch_rows(context, listing, one_more(limit)));
    return page_of(std::move(rows), limit);
}

Result<long long> age_of(const SortCursor& cursor) {
    long long age = 0;
    const char* end = cursor.value.data() + cursor.value.size();
    const auto read = std::from_chars(cursor.value.data(), end, age);
    if (read.ec == std::errc() && read.ptr == end) return age;
    return fail(ErrorCode::kInvalidArgument, "the cursor is not one of a listing by age");
}

/// Known ages first, then the unknown ones by id, whichever way the ages go.
Result<ListingPage> list_by_age(SqlContext& context, const Listing& listing,
                                const std::optional<SortCursor>& after, std::size_t limit) {
    constexpr long long kUnknown = -1;
    long long last_age = 0;
    if (after) {
        ATTUNE_ASSIGN(last_age, age_of(*after));
    }
    std::vector<ListedRow> rows;
    const std::size_t wanted = one_more(limit);
    if (last_age != kUnknown) {
        Listing known = listing;
        known.sort = "age";
        known.conditions.emplace_back("age >= 0");
        if (after) add_cursor(known, last_age, after->id);
        ATTUNE_ASSIGN(rows, fetch_rows(context, known, wanted));
    }
    if (rows.size() < wanted) {
        Listing unknown = listing;
        unknown.conditions.emplace_back("age = -1");
        if (last_age == kUnknown) add_cursor(unknown, "", after->id);
        ATTUNE_ASSIGN(auto more, fetch_rows(context, unknown, wanted - rows.size()));
        for (ListedRow& row : more) {
            row.value = "-1";
            rows.push_back(std::move(row));
        }
    }
    return page_of(std::move(rows), limit);
}

Listing listing_of(const CustomerQuery& query) {
    Listing listing{
        .table = "customers", .key = "customer_key", .covering_index = "customers_listed"};
    listing.order = query.order;
    listing.add_words(query.text);
    if (!query.location.empty()) {
        listing.add_filter("location_key = :location", "location", fold_for_search(query.location));
    }
    if (query.kind) {
        listing.add_filter("kind = :kind", "kind", std::string(customer_kind_name(*query.kind)));
    }
    if (query.assigned_to) {
        listing.add(
            "customer_key IN (SELECT ac.customer_key FROM accounts a JOIN "
            "account_customers ac ON ac.account_key = a.account_key "
            "WHERE a.name = :assigned_to)",
            "assigned_to", *query.assigned_to);
        // Few customers: read these instead of all.
        listing.scans_index = false;
    }
    if (query.sort == CustomerSort::kName) listing.sort = "name_key";
    return listing;
}

std::string sort_column(ProductSort sort) {
    switch (sort) {
        case ProductSort::kId:
            return "id";
        case ProductSort::kName:
            return "name_key";
        case ProductSort::kCategory:
            return "category";
        case ProductSort::kBrand:
            return "brand";
    }
    return "id";
}

Listing listing_of(const ProductQuery& query) {
    Listing listing{.table = "products", .key = "product_key", .covering_index = "products_listed"};
    listing.order = query.order;
    listing.sort = sort_column(query.sort);
    listing.add_words(query.text);
    if (query.category) listing.add_filter("category = :category", "category", *query.category);
    if (query.brand) listing.add_filter("brand = :brand", "brand", *query.brand);
    if (query.available) {
        listing.conditions.emplace_back(*query.available ? "available = 1" : "available = 0");
        listing.scans_index = true;
    }
    return listing;
}

Result<std::size_t> count_rows_of(SqlContext& context, const Listing& listing) {
    return guarded(context, [&]() -> Result<std::size_t> {
        long long count = 0;
        soci::statement statement = prepare_listing(
            context, listing,
            fmt::format("SELECT count(*) FROM {}{}", listing.source(), listing.where()),
            soci::into(count));
        fetch_one(statement);
        return static_cast<std::size_t>(count);
    });
}

}  // namespace

Result<ListingPage> list_sorted(SqlContext& context, const CustomerQuery& query) {
    Listing listing = listing_of(query);
    if (query.sort == CustomerSort::kAge) {
        return list_by_age(context, listing, query.after, query.limit);
    }
    return list_by(context, std::move(listing), query.after, query.limit);
}

Result<ListingPage> list_sorted(SqlContext& context, const ProductQuery& query) {
    return list_by(context, listing_of(query), query.after, query.limit);
}

Result<std::size_t> count_listed(SqlContext& context, const CustomerQuery& query) {
    return count_rows_of(context, listing_of(query));
}

Result<std::size_t> count_listed(SqlContext& context, const ProductQuery& query) {
    return count_rows_of(context, listing_of(query));
}

Result<std::vector<ProductFacet>> list_facets(SqlContext& context, const std::string& column) {
    std::vector<ProductFacet> facets;
    std::string value;
    long long num_products = 0;
    const auto collect = [&]() -> Status {
        facets.push_back({value, static_cast<std::size_t>(num_products)});
        return {};
    };
    ATTUNE_TRY(each_row(context,
                        fmt::format("SELECT {0}, count(*) FROM products WHERE {0} <> '' "
                                    "GROUP BY {0} ORDER BY {0}",
                                    column),
                        collect, soci::into(value), soci::into(num_products)));
    return facets;
}

}  // namespace attune
