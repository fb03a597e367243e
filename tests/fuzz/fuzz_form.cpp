#include "fuzz/fuzz_http.hpp"
#include "http/multipart.hpp"

namespace attune {
namespace {

void check(const HttpRequest& request) {
    const auto form = read_form(request);
    if (!form) {
        fuzz_require(form.error().status == 400 || form.error().status == 415);
        return;
    }
    fuzz_require(!form->empty() && form->size() <= 20);
    const char* const begin = request.body.data();
    const char* const end = begin + request.body.size();
    for (const FormPart& part : *form) {
        if (part.body.empty()) continue;
        fuzz_require(part.body.data() >= begin && part.body.data() + part.body.size() <= end);
    }
}

}  // namespace

std::vector<std::string> fuzz_seeds() {
    const std::string form =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xlsx\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\nPK\x03\x04\r\n--x\r\n--b\r\n"
        "Content-Disposition: form-data; name=\"wait\"\r\n\r\ntrue\r\n--b--\r\n";
    HttpRequest request;
    request.headers = {{"Content-Type", "multipart/form-data; boundary=b"}};
    request.body = form;
    fuzz_require(read_form(request).has_value());
    return {form, "multipart/form-data; boundary=b\n" + form,
            "multipart/form-data; boundary=\"b\"; charset=utf-8\n" + form,
            "multipart/form-data; boundary=\n----\r\n\r\n------\r\n",
            "--b\r\n\r\nno header\r\n--b\r\nContent-Disposition: attachment\r\n\r\n\r\n--b--"};
}

}  // namespace attune

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace attune;
    const std::string_view text = fuzz_text(data, size);
    HttpRequest request;
    request.headers = {{"Content-Type", "multipart/form-data; boundary=b"}};
    request.body = text;
    check(request);
    // The same with the media type chosen too: the first line.
    const auto line = text.find('\n');
    if (line == std::string_view::npos) return 0;
    request.headers = {{"Content-Type", text.substr(0, line)}};
    request.body = text.substr(line + 1);
    check(request);
    return 0;
}
