#!/usr/bin/env python3
"""Writes a C++ source that holds the files of a folder: src/http/web_files.hpp says how they look.

usage: embed_folder.py FOLDER OUTPUT.cpp   (compressed copies go beside OUTPUT.cpp)
"""

import gzip
import hashlib
import pathlib
import sys

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
# Already compressed, or not worth it.
PLAIN = {".png", ".ico", ".woff2"}


def incbin(symbol: str, file: pathlib.Path) -> str:
    return (f'    ".global {symbol}\\n.hidden {symbol}\\n{symbol}:\\n.incbin \\"{file}\\"\\n"\n'
            f'    ".global {symbol}_end\\n.hidden {symbol}_end\\n{symbol}_end:\\n"\n')


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    folder, output = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    output.parent.mkdir(parents=True, exist_ok=True)
    files = sorted((f"/{p.relative_to(folder).as_posix()}", p) for p in folder.rglob("*") if p.is_file())
    if not any(path == "/index.html" for path, _ in files):
        print(f"embed_folder: {folder} has no index.html: was it built?", file=sys.stderr)
        return 1
    data, symbols, rows = "", "", ""
    for number, (path, file) in enumerate(files):
        if file.suffix not in CONTENT_TYPES:
            print(f"embed_folder: {file}: no content type is known for '{file.suffix}'", file=sys.stderr)
            return 1
        content = file.read_bytes()
        name = f"attune_web_{number}"
        data += incbin(name, file)
        symbols += f"extern const char {name}[];\nextern const char {name}_end[];\n"
        packed = gzip.compress(content, 9, mtime=0)
        packed_view = "{}"
        if file.suffix not in PLAIN and len(packed) < len(content):
            packed_file = output.parent / f"{name}.gz"
            packed_file.write_bytes(packed)
            data += incbin(f"{name}_gz", packed_file)
            symbols += f"extern const char {name}_gz[];\nextern const char {name}_gz_end[];\n"
            packed_view = f"view({name}_gz, {name}_gz_end)"
        etag = hashlib.sha256(content).hexdigest()[:16]
        rows += (f'        {{"{path}", "{CONTENT_TYPES[file.suffix]}", view({name}, {name}_end), '
                 f'{packed_view}, "{etag}"}},\n')
    output.write_text(f"""#include "http/web_files.hpp"

#include <vector>

asm(
    ".pushsection .rodata\\n"
{data}    ".popsection\\n");

extern "C" {{
{symbols}}}

namespace attune {{
namespace {{

std::string_view view(const char* begin, const char* end) {{
    return {{begin, static_cast<std::size_t>(end - begin)}};
}}

}}  // namespace

std::span<const WebFile> web_files() {{
    static const std::vector<WebFile> files{{
{rows}    }};
    return files;
}}

}}  // namespace attune
""", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
