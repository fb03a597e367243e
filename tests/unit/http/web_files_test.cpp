#include "http/web_files.hpp"

#include <gtest/gtest.h>

#include <array>

namespace attune {
namespace {

constexpr std::array kFiles{
    WebFile{"/assets/app-1.js", "text/javascript", "script", "zz", "e1"},
    WebFile{"/favicon.ico", "image/x-icon", "icon", "", "e2"},
    WebFile{"/index.html", "text/html", "page", "z", "e3"},
};

TEST(WebFiles, TheApplicationAnswersForItsOwnPaths) {
    EXPECT_EQ(find_web_file(kFiles, "/")->path, "/index.html");
    EXPECT_EQ(find_web_file(kFiles, "/customers/bm-00001")->path, "/index.html");
    EXPECT_EQ(find_web_file(kFiles, "/favicon.ico")->path, "/favicon.ico");
    EXPECT_EQ(find_web_file(kFiles, "/missing.png"), nullptr);
    EXPECT_EQ(find_web_file(kFiles, "/assets/gone"), nullptr);
    EXPECT_EQ(find_web_file({}, "/"), nullptr);
}

TEST(WebFiles, AnswersCompressedWhereThatIsAccepted) {
    HttpRequest request;
    EXPECT_EQ(web_file_response(kFiles[0], request).static_body, "script");
    request.headers = {{"Accept-Encoding", "br, gzip"}};
    const HttpResponse response = web_file_response(kFiles[0], request);
    EXPECT_EQ(response.static_body, "zz");
    EXPECT_EQ(web_file_response(kFiles[1], request).static_body, "icon");
}

TEST(WebFiles, AnswersThatNothingChanged) {
    HttpRequest request;
    request.headers = {{"If-None-Match", "\"e3\""}};
    EXPECT_EQ(web_file_response(kFiles[2], request).status, 304);
    EXPECT_EQ(web_file_response(kFiles[0], request).status, 200);
}

}  // namespace
}  // namespace attune
