"""What the library for Android consists of: bytes by crate, from the symbols of a link that kept them.

    python3 .ci/size.py READELF LIBRARY.so

A generic of the standard library counts for the crate that it was made for. C is known by the file that it came from.
"""

import collections
import re
import subprocess
import sys

STANDARD = {"alloc", "core", "std", "compiler_builtins", "hashbrown", "panic_unwind", "unwind", "miniz_oxide"}
TABLES = {
    "tables for unwinding": (".eh_frame", ".eh_frame_hdr", ".gcc_except_table"),
    "relocations": (".rela.dyn", ".rela.plt", ".relr.dyn"),
    "names of exports and imports": (".dynsym", ".dynstr", ".gnu.hash", ".hash", ".gnu.version", ".gnu.version_r", ".plt"),
}
# How older compilers write a path.
LEGACY = (("$LT$", "<"), ("$GT$", ">"), ("$u20$", " "), ("$RF$", "&"), ("$C$", ","), ("..", "::"))
# Too small for a row of its own, in bytes.
ROW = 16 * 1024


def read(readelf, *arguments):
    return subprocess.run([readelf, *arguments], check=True, capture_output=True, text=True).stdout


def crate_of(name, source):
    """The crate of a name, or whom C belongs to."""
    for old, new in LEGACY:
        name = name.replace(old, new)
    crates = re.findall(r"(?<![\w:])([a-z][a-z0-9_]*)::", name)
    if crates:
        return next((crate for crate in crates if crate not in STANDARD), "the standard library")
    if source == "sqlite3.c" or name.startswith("sqlite3"):
        return "SQLite"
    if source.lower().startswith(("unwind", "libunwind")):
        return "libunwind"
    if source.endswith((".c", ".S")) or name.startswith("ring_core"):
        return "ring"
    return "what has no crate"


def main():
    readelf, library = sys.argv[1:]
    sections, largest = {}, 0
    for line in read(readelf, "--sections", "--wide", library).splitlines():
        found = re.match(r"\s*\[\s*(\d+)\] (\.\S+)\s+(\S+)\s+\S+ \S+ (\S+)", line)
        if found and found[3] != "NOBITS" and not found[2].startswith((".symtab", ".strtab", ".shstrtab", ".comment")):
            sections[found[1]] = (found[2], int(found[4], 16))

    crates, named, seen, source = collections.Counter(), collections.Counter(), set(), ""
    for line in read(readelf, "--syms", "--demangle", "--wide", library).split("Symbol table '.symtab'")[1].splitlines():
        columns = line.split(None, 7)
        if len(columns) < 8 or not columns[0].endswith(":"):
            continue
        _, address, size, kind, _, _, section, name = columns
        if kind == "FILE":
            source = name
        elif kind in ("FUNC", "OBJECT", "TLS") and section in sections and (address, size) not in seen:
            # Equal functions are folded into one, which has several names. Constants that the compiler named are nobody's.
            seen.add((address, size))
            if name.startswith(("anon.", ".Lanon.")):
                continue
            size = int(size, 0)
            crates[crate_of(name, source)] += size
            named[sections[section][0]] += size

    for title, names in TABLES.items():
        crates[title] = sum(size for name, size in sections.values() if name in names)
    tables = {name for names in TABLES.values() for name in names}
    crates["constants without a name"] = sum(
        size - named[name] for name, size in sections.values() if name not in tables and name != ".text")
    total = sum(size for _, size in sections.values())
    small = sum(size for size in crates.values() if size < ROW)
    rows = [(name, size) for name, size in crates.most_common() if size >= ROW]
    rows.append((f"{sum(0 < size < ROW for size in crates.values())} smaller ones", small))
    rows.append(("gaps between functions", total - sum(crates.values())))
    print("| part | bytes | share |\n| --- | ---: | ---: |")
    for name, size in rows:
        print(f"| {name} | {size:,} | {100 * size / total:.1f} % |")
    print(f"| **all sections** | **{total:,}** | |")


main()
