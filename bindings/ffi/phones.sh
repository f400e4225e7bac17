# shellcheck shell=bash
# What all that builds the library for phones agrees on. Sourced by the scripts in android/ and ios/, which ship, and by the
# gate, which proves.
# shellcheck disable=SC2034 # for whoever sources it

# The oldest Android that the app supports, as an API level: the first with java.time.
readonly android_api=26
# Pages of new devices; 32-bit ones keep 4 KB.
readonly android_page=16384
# The oldest iOS that the app supports.
readonly ios_system=16.0

# SQLite without what the core does not use: `LIBSQLITE3_FLAGS` of a build for phones.
sqlite_switches=
for switch in FTS3 FTS5 RTREE STAT4 DBSTAT_VTAB API_ARMOR COLUMN_METADATA; do
    sqlite_switches+=" -USQLITE_ENABLE_$switch"
done
for switch in LOAD_EXTENSION DEPRECATED SHARED_CACHE JSON UTF16 DATETIME_FUNCS TRACE INCRBLOB GET_TABLE DECLTYPE \
    COMPILEOPTION_DIAGS; do
    sqlite_switches+=" -DSQLITE_OMIT_$switch"
done
readonly sqlite_switches="$sqlite_switches -USQLITE_SOUNDEX -DSQLITE_DQS=0"

# C without tables for unwinding: no panic passes through it. `CFLAGS` of a build for Android.
readonly c_switches="-fno-asynchronous-unwind-tables -fno-unwind-tables"

# `RUSTFLAGS` of a build for phones. Functions cut out of others save less than their tables for unwinding cost; paths of
# the building machine have no business in an app; and where in its source a panic began goes to standard error, which Android
# has nowhere: the bridge says nothing of it, and a test on a host says it all. Needs `RUSTC_BOOTSTRAP=1`, as below.
readonly rust_switches="-Zlocation-detail=none -Cllvm-args=-enable-machine-outliner=never --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src/="

# Of every `cargo` for phones: the standard library is built along, without what reads symbols for backtraces, which nobody
# sees on a phone, and with its small ways of sorting and the like. Needs its sources (`rustup component add rust-src`), and
# `RUSTC_BOOTSTRAP=1`: a stable compiler does not take such switches otherwise.
readonly std_switches=("-Zbuild-std=std,panic_unwind" "-Zbuild-std-features=panic-unwind,optimize_for_size")

# `aligned_segments LIBRARY`: how many segments it loads; fails if there is none, or one that newer devices would not load.
aligned_segments() {
    local alignment count=0
    while read -r alignment; do
        if ((alignment < android_page)); then
            echo "$1: a segment is aligned to $alignment, not to $android_page" >&2
            return 1
        fi
        count=$((count + 1))
    done < <(readelf -lW "$1" | awk '$1 == "LOAD" { print $NF }')
    if [ "$count" -eq 0 ]; then
        echo "$1: no segment to look at" >&2
        return 1
    fi
    echo "$count"
}
