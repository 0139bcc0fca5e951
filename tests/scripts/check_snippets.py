#!/usr/bin/env python3
"""Compiles every ```cpp block of a Markdown file, so that what the document shows is what the library offers.

    check_snippets.py DOCUMENT.md PREAMBLE.hpp -- COMPILER FLAGS...
    check_snippets.py --self-test -- COMPILER FLAGS...

A block that has an `int main` compiles as it stands. Any other becomes the body of a function, its own #include lines
moved in front, after the preamble, which declares in namespace `given` what the document's text takes as given. Only the
syntax is checked. Diagnostics carry the document's name and line.
"""
import re
import subprocess
import sys
from pathlib import Path


def snippets(text):
    """Yields (line number of the first line, code) for each ```cpp block."""
    lines = text.splitlines()
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and re.fullmatch(r"\s*```cpp\s*", line):
            start = number
        elif start is not None and line.strip() == "```":
            yield start + 1, "\n".join(lines[start:number - 1])
            start = None
    if start is not None:
        raise SystemExit(f"line {start}: the ```cpp block is not closed")


def program(document, number, code, preamble):
    if re.search(r"^int main\b", code, re.MULTILINE):
        return f'#line {number} "{document}"\n{code}\n'
    includes = "".join(line + "\n" for line in code.splitlines() if line.startswith("#include"))
    body = re.sub(r"^#include.*", "", code, flags=re.MULTILINE)
    return f'{includes}{preamble}\nnamespace given {{ void snippet() {{\n#line {number} "{document}"\n{body}\n}} }}\n'


def failures(document, text, preamble, compiler):
    """Compiles the blocks of `text`; returns (how many blocks, how many failed)."""
    total = failed = 0
    for number, code in snippets(text):
        total += 1
        result = subprocess.run([*compiler, "-fsyntax-only", "-x", "c++", "-"], text=True, capture_output=True,
                                input=program(document, number, code, preamble))
        if result.returncode != 0:
            failed += 1
            print(f"{document}:{number}: this block does not compile\n{result.stderr}")
    return total, failed


def self_test(compiler):
    samples = {"```cpp\nint main() { return 0; }\n```\n": (1, 0),
               "```cpp\n#include <vector>\nstd::vector<int> numbers{one};\n```\n": (1, 0),
               "```cpp\nint main() { return missing; }\n```\n": (1, 1),
               "```sh\nrm -r x\n```\n```cpp\nmissing();\n```\n```cpp\nint a = one; a++;\n```\n": (2, 1),
               "no block\n": (0, 0)}
    wrong = [text for text, expected in samples.items()
             if failures("sample", text, "namespace given { inline int one = 1; }", compiler) != expected]
    print("\n".join(f"wrong verdict on {text!r}" for text in wrong) or f"{len(samples)} samples judged rightly")
    return bool(wrong)


def main():
    if "--" not in sys.argv:
        sys.exit(__doc__)
    split = sys.argv.index("--")
    arguments, compiler = sys.argv[1:split], sys.argv[split + 1:]
    if arguments == ["--self-test"]:
        return self_test(compiler)
    if len(arguments) != 2:
        sys.exit(__doc__)
    document, preamble = map(Path, arguments)
    total, failed = failures(document, document.read_text(encoding="utf-8"), preamble.read_text(encoding="utf-8"),
                             compiler)
    print(f"{total - failed} of {total} blocks compile")
    return total == 0 or failed > 0


if __name__ == "__main__":
    sys.exit(main())
