# shellcheck shell=bash
# The steps, a function each. Sourced by run, which holds their order, counts their tests and gives them `lane` and
# `work`. Every call of Cargo is --locked: the gate never changes Cargo.lock.

# What may lie at the top: the rooms of the product and the files that a reader or a tool expects there.
readonly top_level=" .cargo .ci .gitignore ARCHITECTURE.md CHANGELOG.md Cargo.lock Cargo.toml LICENSE NOTICE README.md \
SECURITY.md android bindings core deny.toml docs ios rust-toolchain.toml rustfmt.toml tests "

step_tree() {
    local entry
    while read -r entry; do
        [[ "$top_level" == *" $entry "* ]] || complain "unexpected at the top: $entry"
    done < <(own_files | cut -d/ -f1 | sort -u)

    local folder
    while read -r folder; do
        check_migrations "$folder"
    done < <(own_files 'core/migrations/*.sql' | xargs -r dirname | sort -u)

    check_words
    check_languages
    check_versions
    check_scripts
    echo "$(own_files | wc -l) files in their places"
}

complain() {
    echo "$*" >&2
    exit 1
}

# Tracked files and those about to be; ignored ones do not count.
own_files() {
    git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
        [ ! -e "$file" ] || echo "$file"
    done
}

# Steps are numbered without gaps. Once released they are frozen: CHECKSUMS beside them names each with its digest.
check_migrations() {
    local folder=$1 file number=0
    for file in "$folder"/*.sql; do
        number=$((number + 1))
        [[ "$(basename "$file")" =~ ^$(printf '%04d' "$number")_[a-z0-9_]+\.sql$ ]] ||
            complain "not the migration number $number: $file"
    done
    if [ -e "$folder/CHECKSUMS" ]; then
        (cd "$folder" && sha256sum --check --strict --quiet CHECKSUMS) || complain "a released migration was changed"
    fi
}

# Words that mark unfinished work, and paths of somebody's machine. The gate itself has to spell them, and what a generator
# wrote is nobody's work.
check_words() {
    local found
    found=$(own_files | grep -v -e '^\.ci/' -e '^Cargo\.lock$' -e '^bindings/.*/\(generated\|ApoaGenerated\|ApoaFFI\)/' | tr '\n' '\0' | xargs -0 grep -nIE \
        -e '\b(TODO|FIXME)\b' -e '\b(todo|unimplemented|dbg)!\(' -e '#\[ignore' \
        -e '^(<<<<<<<|>>>>>>>) ' -e '(/home|/Users)/[a-z]+/' -e '/root/' || true)
    [ -z "$found" ] || complain "words that must not be in the product:"$'\n'"$found"
}

# A language arrives together with its step: none is skipped in silence.
check_languages() {
    needs_step kotlin bindings/kotlin '*.kt' '*.kts' '*.java' '*pom.xml'
    needs_step swift bindings/swift '*.swift'
    local others
    # The one header is generated with the bridge and compiled with Swift.
    others=$(own_files '*.c' '*.cc' '*.cpp' '*.h' '*.m' '*.mm' '*.go' '*.js' '*.ts' '*.rb' | grep -v ApoaFFI/ApoaFFI.h || true)
    [ -z "$others" ] || complain "no step checks this language: $others"
}

needs_step() {
    local step=$1
    shift
    if [ -n "$(own_files "$@")" ] && ! declare -F "step_$step" >/dev/null; then
        complain "there is code for $step, but no step of that name"
    fi
}

# The oldest systems and the libraries beside ours stand where each tool reads them, and everywhere the same.
check_versions() {
    agrees "the API level" "$android_api" android/apoa/AndroidManifest.xml 's/.*minSdkVersion="([0-9]+)".*/\1/p'
    agrees "the API level" "$android_api" bindings/kotlin/pom.xml 's/.*gummy-bears-api-([0-9]+)<.*/\1/p'
    agrees "the API level" "$android_api" android/README.md 's/.*API level ([0-9]+) or later.*/\1/p'
    agrees iOS "${ios_system%.0}" bindings/swift/Package.swift 's/.*\.iOS\(\.v([0-9]+)\).*/\1/p'
    agrees iOS "${ios_system%.0}" ios/README.md 's/.*iOS ([0-9]+) or later.*/\1/p'
    local library version pom
    for library in kotlin coroutines jna; do
        version=$(version_in bindings/kotlin/pom.xml "$library")
        while read -r pom; do
            [[ "$(version_in "$pom" "$library")" =~ ^($version)?$ ]] ||
                complain "$library is $version in bindings/kotlin/pom.xml, but not in $pom"
        done < <(own_files '*pom.xml')
    done
}

# `agrees NAME VALUE FILE SCRIPT`: what the script of sed finds in the file is the value, each time.
agrees() {
    local found
    found=$(sed -nE "$4" "$3" | sort -u)
    [ "$found" = "$2" ] || complain "$1 is $2 in bindings/ffi/phones.sh, but ${found:-not named} in $3"
}

version_in() {
    sed -nE "s:.*<$2\.version>(.*)</.*:\1:p" "$1"
}

# What `run` sources is read with it, since they share their variables; scripts elsewhere stand alone.
check_scripts() {
    prepare_tools
    local scripts=(.ci/run) script
    while read -r script; do
        [[ "$script" == .ci/* ]] || scripts+=("$script")
    done < <(own_files '*.sh')
    shellcheck --external-sources --check-sourced "${scripts[@]}"
    # Those that need an NDK or a Mac are run dry, which is as far as it goes here.
    android/scripts/build-aar.sh --dry-run >"$work/aar.log"
    ios/scripts/build-xcframework.sh --dry-run >"$work/xcframework.log"
    echo "scripts for phones: $(cat "$work/aar.log" "$work/xcframework.log" | grep -c '^+') commands said, none run"
}

step_fmt() {
    cargo fmt --all --check -- --color never
    echo "$(own_files '*.rs' | wc -l) files formatted"
}

step_clippy() {
    cargo clippy --locked --workspace --all-targets --all-features -- -D warnings
}

step_deny() {
    prepare_tools
    cargo-deny --locked check --hide-inclusion-graph licenses bans sources
    echo "the phone library alone:"
    cargo-deny --locked --manifest-path bindings/ffi/Cargo.toml --config "$root/.ci/deny-phone.toml" check bans
    if [ "$lane" = long ]; then
        check_advisories
    else
        echo "advisories: left to the long lane"
    fi
}

# The database is a Git repository of its own; where it was not fetched, nothing is claimed.
check_advisories() {
    local database=${APOA_ADVISORY_DB:-${CARGO_HOME:-$HOME/.cargo}/advisory-dbs}
    if [ -d "$database" ]; then
        cargo-deny --locked check --disable-fetch advisories
    else
        echo "advisories: NOT CHECKED, no database in $database"
    fi
}

# The command of the README, with its small counts in both lanes. Without strace no power cut could be played, and a
# skip is no pass.
step_unit() {
    command -v strace >/dev/null || install_packages strace
    cargo test --locked --workspace 2>&1 | tee "$work/cargo-test.log"
    refuse_empty_targets "$work/cargo-test.log"
}

# What ends at any moment, loses power, is damaged, lies, or happens in any order: many times, in the profile that people
# build. The long lane counts as high as a promise is worth, the quick one as a wait is; what each number stands for is
# in docs/reliability.md.
step_faults() {
    local targets=(kill failpoints powerloss model salvage hostile_files)
    targets+=(sim deaths hostile certificates toxics cancels clocks)
    command -v strace >/dev/null || install_packages strace
    if [ "$lane" = long ]; then
        export APOA_KILLS=${APOA_KILLS:-10000} APOA_IMAGES=${APOA_IMAGES:-50000} PROPTEST_CASES=${PROPTEST_CASES:-10000}
        export APOA_PAGES=${APOA_PAGES:-all} APOA_FULL_OPS=${APOA_FULL_OPS:-200} APOA_HOSTILE=${APOA_HOSTILE:-500}
        export APOA_FAILPOINTS_ALL=${APOA_FAILPOINTS_ALL:-1} APOA_DEATHS=${APOA_DEATHS:-2000}
        export APOA_HOSTILE_ANSWERS=${APOA_HOSTILE_ANSWERS:-10000} APOA_CANCELS=${APOA_CANCELS:-1000}
        export APOA_CLOCKS=${APOA_CLOCKS:-350} APOA_SEEDS=${APOA_SEEDS:-100000}
    else
        export APOA_KILLS=${APOA_KILLS:-500} APOA_IMAGES=${APOA_IMAGES:-5000} PROPTEST_CASES=${PROPTEST_CASES:-200}
        export APOA_DEATHS=${APOA_DEATHS:-200} APOA_HOSTILE_ANSWERS=${APOA_HOSTILE_ANSWERS:-2000}
        export APOA_CANCELS=${APOA_CANCELS:-100} APOA_CLOCKS=${APOA_CLOCKS:-35} APOA_SEEDS=${APOA_SEEDS:-5000}
    fi
    # Seeds and counts are printed by the tests themselves.
    cargo test --release --locked --package apoa-tests "${targets[@]/#/--test=}" -- --nocapture 2>&1 |
        tee "$work/cargo-faults.log"
    cargo test --release --locked --package apoa-core --lib full 2>&1 | tee -a "$work/cargo-faults.log"
    # Some 60 of these pictures are among the unit tests already.
    if [ "$lane" = long ]; then
        APOA_NO_ZONE=${APOA_NO_ZONE:-10000} cargo test --release --locked --package apoa-scan --test no_zone -- \
            --nocapture 2>&1 | tee -a "$work/cargo-faults.log"
    fi
    refuse_empty_targets "$work/cargo-faults.log"
    if grep -q '^SKIPPED' "$work/cargo-faults.log"; then
        complain "a fault could not be played"
    fi
}

# A test target without a test passes in Cargo's eyes. Programs, examples and samples in comments may have none.
refuse_empty_targets() {
    local empty
    empty=$(awk '/^ +Running / { target = $2 } /^ +Doc-tests / { target = "unittests" }
        /^test result: ok\. 0 passed; 0 failed; 0 ignored/ && target != "unittests" { print target }' "$1")
    [ -z "$empty" ] || complain "no test in: $empty"
    if grep -qE '^test result: .* [1-9][0-9]* ignored' "$1"; then
        complain "a test is ignored"
    fi
}

# The package beside the workspace that measures ours against other decoders. Its C++ takes minutes to build, so the
# quick lane only holds its form and its lock file.
step_peers() {
    local manifest=tests/peers/Cargo.toml
    cargo fmt --manifest-path "$manifest" --check -- --color never
    cargo metadata --locked --format-version 1 --manifest-path "$manifest" >/dev/null
    if [ "$lane" != long ]; then
        echo "peers: formatted and locked; built and tested in the long lane"
        return
    fi
    command -v cmake >/dev/null || install_packages cmake
    command -v c++ >/dev/null || install_packages g++
    cargo clippy --locked --release --all-targets --manifest-path "$manifest" -- -D warnings
    cargo test --locked --release --manifest-path "$manifest"
}

# The trainer of the character network: the shipped weights must be those of its card and do what it says. The long lane
# trains a tenth as well, which has to reach the card's floor.
step_weights() {
    local manifest=tests/train-mrz/Cargo.toml
    cargo fmt --manifest-path "$manifest" --check -- --color never
    cargo clippy --locked --release --all-targets --manifest-path "$manifest" -- -D warnings
    cargo run --locked --release --quiet --manifest-path "$manifest" -- check
    if [ "$lane" = long ]; then
        cargo run --locked --release --quiet --manifest-path "$manifest" -- train --tenth
    fi
}

# The package of fuzz targets. The corpus replays as an ordinary test of the crates; here the long lane looks further,
# from where its last run stopped. Sanitizers are behind a switch that only this step turns: no nightly is needed.
step_fuzz() {
    local folder=tests/fuzz target ran=0
    cargo fmt --manifest-path "$folder/Cargo.toml" --check -- --color never
    cargo metadata --locked --format-version 1 --manifest-path "$folder/Cargo.toml" >/dev/null
    if [ "$lane" != long ]; then
        echo "fuzz: formatted and locked; run in the long lane"
        return
    fi
    command -v c++ >/dev/null || install_packages g++
    prepare_tools
    export RUSTC_BOOTSTRAP=1
    cargo-fuzz fuzz build --fuzz-dir "$folder" -O
    for target in $(cargo-fuzz fuzz list --fuzz-dir "$folder"); do
        mkdir -p "$cache/fuzz/$target"
        echo "fuzz: $target for ${APOA_FUZZ_SECONDS:-180} s"
        cargo-fuzz fuzz run --fuzz-dir "$folder" -O "$target" "$cache/fuzz/$target" "$folder/corpus/$target" -- \
            -max_total_time="${APOA_FUZZ_SECONDS:-180}" -max_len=8192 -timeout=60 -print_final_stats=1 2>&1 |
            grep -E 'stat::|ERROR|panicked|Test unit|DONE'
        ran=$((ran + 1))
    done
    unset RUSTC_BOOTSTRAP
    [ "$ran" -gt 0 ] || complain "no fuzz target"
    echo "fuzz: $ran passed, 0 failed"
}

# Every feature of the core and of the command line alone, none and all. Clippy checks like `cargo check` and can
# refuse warnings without compiling the dependencies anew.
step_features() {
    local crate feature
    for crate in apoa-core apoa-cli; do
        check_crate "$crate" --no-default-features
        for feature in $(features_of "$crate"); do
            check_crate "$crate" --no-default-features --features "$feature"
        done
        check_crate "$crate" --all-features
    done
}

check_crate() {
    local crate=$1
    shift
    echo "$crate $*"
    cargo clippy --quiet --locked --package "$crate" "$@" -- -D warnings
}

features_of() {
    cargo metadata --locked --no-deps --format-version 1 | python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    if package["name"] == sys.argv[1]:
        print(*sorted(package["features"]), sep="\n")' "$1"
}

step_docs() {
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps
    # docs/errors.md against the catalogue; built with all of the workspace, so that step `unit` serves it too.
    cargo test --locked --workspace --test errors_doc
}

# The main job as a person would see it, under the profile that people build.
step_demo() {
    cargo run --locked --release --quiet -- demo --json --out "$work/demo" | tee "$work/demo.jsonl"
    python3 .ci/demo.py "$work/demo.jsonl" "$work/demo"
}

# Requests that nobody thought of, made from the contract's file, against the server as a process; the quick lane leaves
# it to the server's own tests. The seed is the day, so that each looks elsewhere.
step_contract() {
    if [ "$lane" != long ]; then
        echo "contract: left to the long lane"
        return
    fi
    prepare_schemathesis
    cargo build --locked --release --quiet
    (cd "$work" && python3 "$root/.ci/contract.py" "$root" "$CARGO_TARGET_DIR/release/apoa" \
        "${APOA_CONTRACT_CASES:-100}" "${APOA_SEED:-$(date +%Y%m%d)}")
}

# A whole lane compares with its own beginning; alone, the step asks for a tree without changes.
step_clean() {
    if [ -e "$work/before" ]; then
        state_of_tree | diff "$work/before" - || complain "the run changed the work tree"
    else
        [ -z "$(git status --porcelain)" ] || complain "the work tree has changes"
    fi
    echo "the work tree is as it was"
}

state_of_tree() {
    git status --porcelain
    git diff HEAD | sha256sum
}
