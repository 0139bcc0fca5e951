#!/usr/bin/env python3
"""Checks the headers' house rules and prints each breach as file:line: what is wrong.

    check_layers.py INCLUDE_DIR     checks INCLUDE_DIR/sextant
    check_layers.py --self-test     shows that each rule catches a bad sample

- A header in a layer's folder includes only headers of its own or lower layers.
- Beyond those it includes only the standard library and xsimd. A platform's headers are allowed in core/config.hpp
  and in files named for the platform or its instruction set.
- Macros are defined in core/config.hpp and core/version.hpp alone.
- No header is longer than 400 lines.
"""
import re
import sys
import tempfile
from pathlib import Path, PurePosixPath

LAYERS = ["core", "memory", "parallel", "simd", "metric", "codec", "graph", "search", "build", "index", "io"]
MACRO_FILES = {"core/config.hpp", "core/version.hpp"}
ABOVE_ALL_LAYERS = {"sextant.hpp", "fwd.hpp"}
MAX_LINES = 400
PLATFORM_FILE = re.compile(r"_(posix|linux|windows|sse\w*|avx\w*|f16c|neon\w*|sve\w*|x86|arm64)\.hpp$")
INCLUDE = re.compile(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
DEFINE = re.compile(r"\s*#\s*(define|undef)\b")


def layer_of(header):
    return header.parts[0] if len(header.parts) > 1 else None


def resolve(root, header, quoted, angled):
    """The included header relative to root/sextant, or None if it is not one of the library's."""
    path = root / "sextant" / header.parent / quoted if quoted else root / angled
    try:
        found = path.resolve().relative_to((root / "sextant").resolve())
    except ValueError:
        return None
    return PurePosixPath(found.as_posix())


def include_breach(root, header, quoted, angled):
    target = resolve(root, header, quoted, angled)
    if target is not None:
        if not (root / "sextant" / target).is_file():
            return f"{target} does not exist"
        own, other = layer_of(header), layer_of(target)
        if own is None:
            return None
        if str(target) in ABOVE_ALL_LAYERS and str(target) != "fwd.hpp":
            return f"{target} stands above every layer"
        if other is not None and LAYERS.index(other) > LAYERS.index(own):
            return f"layer {own} must not include layer {other}"
        return None
    if quoted:
        return f'"{quoted}" is outside the library'
    if "/" not in angled and "." not in angled or angled.startswith("xsimd/"):
        return None
    if str(header) in MACRO_FILES or PLATFORM_FILE.search(header.name):
        return None
    return f"<{angled}> is neither the standard library nor xsimd"


def breaches(root):
    library = root / "sextant"
    headers = sorted(library.rglob("*.hpp"))
    if not headers:
        yield library, 0, "no headers found"
    for path in headers:
        header = PurePosixPath(path.relative_to(library).as_posix())
        if layer_of(header) not in [None, *LAYERS] or (layer_of(header) is None and str(header) not in ABOVE_ALL_LAYERS):
            yield path, 1, "is in no known layer"
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > MAX_LINES:
            yield path, len(lines), f"has more than {MAX_LINES} lines"
        for number, line in enumerate(lines, 1):
            if DEFINE.match(line) and str(header) not in MACRO_FILES:
                yield path, number, "macros belong in core/config.hpp"
            if match := INCLUDE.match(line):
                if breach := include_breach(root, header, *match.groups()):
                    yield path, number, breach


GOOD = {"sextant/core/a.hpp": '#pragma once\n#include <vector>\n#include <xsimd/xsimd.hpp>\n',
        "sextant/core/config.hpp": "#define SEXTANT_A\n",
        "sextant/graph/b.hpp": '#include "../core/a.hpp"\n#include <sextant/core/a.hpp>\n',
        "sextant/simd/c_avx2.hpp": "#include <immintrin.h>\n",
        "sextant/sextant.hpp": '#include "graph/b.hpp"\n'}
BAD = [("sextant/core/bad.hpp", '#include "../graph/b.hpp"\n', "layer core must not include layer graph"),
       ("sextant/core/bad.hpp", "#  include <sextant/graph/b.hpp>\n", "layer core must not include layer graph"),
       ("sextant/graph/bad.hpp", '#include "../sextant.hpp"\n', "above every layer"),
       ("sextant/core/bad.hpp", '#include "missing.hpp"\n', "does not exist"),
       ("sextant/core/bad.hpp", '#include "../../other/a.hpp"\n', "outside the library"),
       ("sextant/core/bad.hpp", "#include <boost/any.hpp>\n", "neither the standard library nor xsimd"),
       ("sextant/core/bad.hpp", "#include <unistd.h>\n", "neither the standard library nor xsimd"),
       ("sextant/core/bad.hpp", "# define SEXTANT_B\n", "macros belong in core/config.hpp"),
       ("sextant/core/bad.hpp", "\n" * 401, "more than 400 lines"),
       ("sextant/extra/bad.hpp", "\n", "in no known layer"),
       ("sextant/bad.hpp", "\n", "in no known layer")]


def self_test():
    def found(files):
        with tempfile.TemporaryDirectory() as directory:
            for name, text in files.items():
                path = Path(directory) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return [message for _, _, message in breaches(Path(directory))]

    failures = [f"refused a good tree: {found(GOOD)}"] if found(GOOD) else []
    failures += ["accepted an empty tree"] if not found({}) else []
    for name, text, expected in BAD:
        messages = found({**GOOD, name: text})
        if len(messages) != 1 or expected not in messages[0]:
            failures.append(f"{text[:40]!r} in {name}: expected '{expected}', got {messages}")
    print("\n".join(failures) or f"{len(BAD)} bad samples caught")
    return bool(failures)


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = list(breaches(Path(sys.argv[1])))
    for path, number, message in found:
        print(f"{path}:{number}: {message}")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
