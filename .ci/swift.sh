# shellcheck shell=bash
# The Swift package on a Linux machine: Debian trixie's compiler in a folder of its own, the library built outside it
# (an older C library to a newer is the safe direction). Sourced by run, like the other steps.

# What the folder is made of; a change makes it anew.
readonly swift_packages="ca-certificates swiftlang libc6-dev libstdc++-14-dev"

# Names the folder with the compiler in `trixie`, made if it is missing.
prepare_swift() {
    if [ "$(id -u)" -ne 0 ]; then
        echo "step swift needs root: the Swift compiler lives in a Debian folder that is entered by chroot" >&2
        return 1
    fi
    local stamp try
    stamp=$(echo "$swift_packages" | sha256sum | cut -c1-12)
    trixie=$cache/trixie-$stamp
    [ ! -e "$trixie/ready" ] || return 0
    command -v mmdebstrap >/dev/null || install_packages mmdebstrap
    echo "making the folder of the Swift compiler"
    for try in 1 2 3; do
        rm -rf --one-file-system "$cache"/trixie-*
        if mmdebstrap --quiet --variant=minbase --include="$swift_packages" --dpkgopt=force-unsafe-io \
            --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' \
            --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
            trixie "$trixie"; then
            touch "$trixie/ready"
            return
        fi
        sleep $((try * 5))
    done
    return 1
}

# Runs a command of the package in the folder, with the repository, the programs of Cargo and the build folder at the
# places that they have outside. Mounts and what the command leaves in /tmp end with it. Swift finds its own libraries
# through /proc.
in_trixie() {
    mkdir -p "$swift_build"
    # shellcheck disable=SC2016 # expands in the inner shell
    unshare --mount --pid --fork --kill-child --propagation private bash -euc '
        trixie=$1 package=$2
        shift 2
        mount -t proc proc "$trixie/proc"
        mount --rbind /dev "$trixie/dev"
        mount -t tmpfs tmp "$trixie/tmp"
        while [ "$1" != -- ]; do
            mkdir -p "$trixie$1"
            mount --rbind "$1" "$trixie$1"
            shift
        done
        shift
        exec chroot "$trixie" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/bin:/bin:/usr/libexec/swift/bin \
            APOA_BIN="$APOA_BIN" bash -euc "cd \"\$1\"; shift; exec \"\$@\"" - "$package" "$@"
    ' - "$trixie" "$root/bindings/swift" "$root" "$CARGO_TARGET_DIR" "$swift_build" -- "$@"
}

# Formats, lints, builds, tests, and runs the snippets of the guide. Zero tests is a failure.
step_swift() {
    prepare_swift
    prepare_package
    local passed
    check_swift_guide
    in_trixie swift-format lint --strict --recursive Package.swift Sources/Apoa Tests Benchmarks Snippets
    in_trixie swift build "${swift_flags[@]}"
    run_swift_snippets
    in_trixie swift test --disable-xctest --no-parallel "${swift_flags[@]}" 2>&1 | tee "$work/swift-test.log"
    passed=$(sed -nE 's/.*Test run with ([0-9]+) tests? passed.*/\1/p' "$work/swift-test.log")
    [ "${passed:-0}" -gt 0 ] || complain "no Swift test ran"
    echo "swift: $passed passed, 0 failed"
}

# What the package links and its tests start, and how it is built.
prepare_package() {
    # Each alone: together, the features of the one would end up in the other.
    cargo build --locked --release --package apoa-ffi
    cargo build --locked --release --package apoa-cli
    export APOA_BIN=$CARGO_TARGET_DIR/release/apoa
    # One for each clone: SwiftPM remembers where the sources lay.
    swift_build=$cache/swift-$(echo "$root" | sha256sum | cut -c1-12)
    local library=$CARGO_TARGET_DIR/release
    # The same in every call, or everything is built again.
    swift_flags=(
        --scratch-path "$swift_build" --disable-sandbox
        -Xlinker "-L$library" -Xlinker -rpath -Xlinker "$library" -Xswiftc -warnings-as-errors
    )
}

# What the guide shows is what is run: each Swift block is a snippet, each output what that snippet has to print.
check_swift_guide() {
    python3 - docs/guide/swift.md bindings/swift/Snippets <<'PYTHON'
import pathlib, re, sys

guide, snippets = pathlib.Path(sys.argv[1]).read_text(), pathlib.Path(sys.argv[2])
for kind, suffix in (("swift", "swift"), ("text", "out")):
    shown = sorted(re.findall(rf"^```{kind}\n(.*?)^```$", guide, re.M | re.S))
    kept = sorted(file.read_text() for file in snippets.glob(f"*.{suffix}"))
    if not kept or shown != kept:
        sys.exit(f"the {kind} blocks of {sys.argv[1]} are not the files {snippets}/*.{suffix}")
PYTHON
}

# A shell of its own, so that the server ends whatever fails in here.
run_swift_snippets() (
    start_office "$(mktemp -d "$swift_build/office.XXXXXX")"
    snippets=$root/bindings/swift/Snippets frame=$root/tests/fixtures/frames/permit.pgm
    in_trixie "$swift_build/debug/Quickstart" "${access[@]}" | diff - "$snippets/Quickstart.out"
    in_trixie "$swift_build/debug/Scanning" "$frame" | diff - "$snippets/Scanning.out"
    echo "snippets: they print what the guide says"
)

# Starts the reference server in a folder, with more arguments if there are any, and names its address, its trust file, a
# user and the password in `access`. For a subshell: server and folder end with it.
start_office() {
    office=$1
    shift
    "$APOA_BIN" --json --data "$office" serve --db "$office/office.db" "$@" >"$office/serve.jsonl" &
    server=$!
    trap 'kill "$server"; wait "$server" || true; rm -rf "$office"' EXIT
    until [ -s "$office/serve.jsonl" ]; do
        kill -0 "$server"
        sleep 0.1
    done
    mapfile -t access < <(python3 -c '
import json, sys
first = json.loads(open(sys.argv[1]).readline())
print(*(first[key] for key in ("url", "trust", "user", "password")), sep="\n")' "$office/serve.jsonl")
}
