# shellcheck shell=bash
# The step that times the same calls in Rust, Kotlin and Swift. Sourced by run, after kotlin.sh and swift.sh.

# The three in turn, so that a slow minute of the machine is nobody's alone.
readonly bench_rounds=3

# Needs a quiet machine to say anything; it judges nothing.
step_bench() {
    if [ "$lane" != long ]; then
        echo "bench: left to the long lane"
        return
    fi
    prepare_maven
    prepare_swift
    prepare_package
    rm -rf "$kotlin_out"
    maven test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$kotlin_out/classpath"
    in_trixie swift build --configuration release --product apoa-bench "${swift_flags[@]}"
    local round language
    for ((round = 0; round < bench_rounds; round++)); do
        for language in rust kotlin swift; do
            bench_once "$language" "$work/bench-$language-$round"
        done
    done
    bench_table
}

# One program on a server of its own, which hangs on every report that it is sent.
bench_once() (
    language=$1 said=$2
    start_office "$(mktemp -d "$swift_build/office.XXXXXX")" --fail hang_after_commit@/ops
    arguments=("${access[@]}" "$root/tests/fixtures/frames/permit.pgm")
    case "$language" in
        rust) cargo bench --locked --quiet --package apoa-ffi --bench border -- "${arguments[@]}" ;;
        kotlin)
            java -Djna.library.path="$CARGO_TARGET_DIR/release" -Djna.nosys=true -Dapoa.repository="$root" \
                -Dapoa.program="$APOA_BIN" \
                -classpath "$kotlin_out/classes:$kotlin_out/test-classes:$(cat "$kotlin_out/classpath")" \
                apoa.Bench "${arguments[@]}"
            ;;
        swift) in_trixie "$swift_build/release/apoa-bench" "${arguments[@]}" ;;
    esac >"$said"
)

# Of each case the best round, of what is the longest call the worst: microseconds, and how many more than in Rust.
bench_table() {
    python3 - "$work" "$bench_rounds" <<'PYTHON'
import pathlib, sys

work, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
languages, seen = ("rust", "kotlin", "swift"), {}
for language in languages:
    for number in range(rounds):
        for line in (work / f"bench-{language}-{number}").read_text().splitlines():
            case, micros = line.split("\t")
            seen.setdefault(case, {}).setdefault(language, []).append(float(micros))

print("| microseconds a call | Rust | Kotlin | more | Swift | more |")
print("| --- | --: | --: | --: | --: | --: |")
for case, by in seen.items():
    best = {language: (max if case.startswith("longest_") else min)(times) for language, times in by.items()}
    cells, rust = [], best.get("rust")
    for language in languages:
        micros = best.get(language)
        cells.append("" if micros is None else f"{micros:,.1f}")
        if language != "rust":
            cells.append("" if None in (micros, rust) else f"{micros - rust:+,.1f}")
    print(f"| {case.replace('_', ' ')} | {' | '.join(cells)} |")
PYTHON
}
