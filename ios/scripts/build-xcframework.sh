#!/usr/bin/env bash
# Builds the iOS framework: ios/target/ApoaFFI.xcframework.zip with a static library for the device and one for the
# simulator, the C header, the module map and the privacy manifest; prints the checksum that a release names.
#
#   ios/scripts/build-xcframework.sh             on a Mac with Xcode, rustup, its Apple targets and component rust-src
#   ios/scripts/build-xcframework.sh --dry-run   prints the commands and runs none
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

# shellcheck source=bindings/ffi/phones.sh
source bindings/ffi/phones.sh
export LIBSQLITE3_FLAGS=$sqlite_switches RUSTFLAGS=$rust_switches RUSTC_BOOTSTRAP=1

readonly device=aarch64-apple-ios
readonly simulators=(aarch64-apple-ios-sim x86_64-apple-ios)
readonly out=ios/target
readonly headers=(bindings/swift/Sources/ApoaFFI/{ApoaFFI.h,module.modulemap})
readonly privacy=ios/PrivacyInfo.xcprivacy
target_dir=${CARGO_TARGET_DIR:-$root/target}
export IPHONEOS_DEPLOYMENT_TARGET=$ios_system

dry=
case "${1-}" in
    "") ;;
    --dry-run) dry=1 ;;
    *)
        echo "usage: $0 [--dry-run]" >&2
        exit 2
        ;;
esac

run() {
    printf '+ %s\n' "$*"
    [ -n "$dry" ] || "$@"
}

needed() {
    local file tool
    for file in "${headers[@]}" "$privacy"; do
        [ -e "$file" ] || {
            echo "$file is missing" >&2
            exit 1
        }
    done
    [ -n "$dry" ] && return
    for tool in cargo lipo xcodebuild ditto swift; do
        command -v "$tool" >/dev/null || {
            echo "$tool is missing: this script runs on a Mac with Xcode and rustup" >&2
            exit 1
        }
    done
}

library() {
    echo "$target_dir/$1/mobile/libapoa_ffi.a"
}

needed
run rm -rf "$out"
run mkdir -p "$out/headers" "$out/simulator"
for target in "$device" "${simulators[@]}"; do
    run cargo build "${std_switches[@]}" --locked --profile mobile --package apoa-ffi --target "$target"
done
pair=()
for target in "${simulators[@]}"; do
    pair+=("$(library "$target")")
done
run lipo -create "${pair[@]}" -output "$out/simulator/libapoa_ffi.a"
run cp "${headers[@]}" "$out/headers/"
run xcodebuild -create-xcframework \
    -library "$(library "$device")" -headers "$out/headers" \
    -library "$out/simulator/libapoa_ffi.a" -headers "$out/headers" \
    -output "$out/ApoaFFI.xcframework"
run cp "$privacy" "$out/ApoaFFI.xcframework/"
run ditto -c -k --sequesterRsrc --keepParent "$out/ApoaFFI.xcframework" "$out/ApoaFFI.xcframework.zip"
run swift package compute-checksum "$out/ApoaFFI.xcframework.zip"
