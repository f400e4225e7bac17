#!/usr/bin/env bash
# Builds the Android library: android/target/apoa.aar with the native library of each architecture, the Kotlin classes
# and the rules for shrinkers.
#
#   android/scripts/build-aar.sh             needs the NDK (ANDROID_NDK_HOME), cargo-ndk, rustup's Android targets and
#                                            component rust-src, JDK 17, Maven, zip
#   android/scripts/build-aar.sh --dry-run   prints the commands and runs none
#
# The gate builds and inspects arm64 by other means, without the NDK; what this script makes is for people to ship.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

# shellcheck source=bindings/ffi/phones.sh
source bindings/ffi/phones.sh
export LIBSQLITE3_FLAGS=$sqlite_switches CFLAGS=$c_switches RUSTFLAGS=$rust_switches RUSTC_BOOTSTRAP=1

declare -Ar targets=(
    ["arm64-v8a"]=aarch64-linux-android
    ["armeabi-v7a"]=armv7-linux-androideabi
    ["x86_64"]=x86_64-linux-android
)
readonly abis=(arm64-v8a armeabi-v7a x86_64)
readonly out=android/target
readonly rules=bindings/kotlin/src/main/resources/META-INF/proguard/apoa.pro
readonly manifest=android/apoa/AndroidManifest.xml
target_dir=${CARGO_TARGET_DIR:-$root/target}

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
    local file
    for file in "$rules" "$manifest"; do
        [ -e "$file" ] || stop "$file is missing"
    done
    [ -n "$dry" ] && return
    [ -d "${ANDROID_NDK_HOME-}" ] || stop "ANDROID_NDK_HOME names no folder: install the NDK and set it"
    local tool
    for tool in cargo-ndk mvn zip readelf; do
        command -v "$tool" >/dev/null || stop "$tool is missing"
    done
}

stop() {
    echo "$*" >&2
    exit 1
}

# Of a library that the classes were built with.
version() {
    sed -nE "s:.*<$1\.version>(.*)</.*:\1:p" bindings/kotlin/pom.xml
}

native() {
    local abi=$1 built
    built=$target_dir/${targets[$abi]}/mobile/libapoa_ffi.so
    run cargo ndk --target "$abi" --platform "$android_api" build "${std_switches[@]}" --locked --profile mobile \
        --package apoa-ffi
    run install -D "$built" "$out/aar/jni/$abi/libapoa_ffi.so"
    run "${ANDROID_NDK_HOME-\$ANDROID_NDK_HOME}/toolchains/llvm/prebuilt/linux-x86_64/bin/llvm-strip" \
        "$out/aar/jni/$abi/libapoa_ffi.so"
    case "$abi" in
        arm64-v8a | x86_64) aligned "$out/aar/jni/$abi/libapoa_ffi.so" ;;
    esac
}

aligned() {
    echo "+ every load segment of $1 is aligned to $android_page bytes"
    [ -n "$dry" ] || aligned_segments "$1" >/dev/null
}

needed
run rm -rf "$out/aar" "$out/apoa.aar"
run mkdir -p "$out/aar"
for abi in "${abis[@]}"; do
    native "$abi"
done
run mvn --file bindings/kotlin/pom.xml --batch-mode -DbuildDirectory="$root/$out/kotlin" -DskipTests package
run sh -c "cp $out/kotlin/apoa-[0-9]*.jar $out/aar/classes.jar"
run install -D "$rules" "$out/aar/proguard.txt"
run install -D "$manifest" "$out/aar/AndroidManifest.xml"
# The format wants the file, and there are no resources.
run touch "$out/aar/R.txt"
run sh -c "cd $out/aar && zip --quiet --recurse-paths ../apoa.aar ."
echo "$out/apoa.aar; whoever uses it adds net.java.dev.jna:jna:$(version jna)@aar, kotlin-stdlib $(version kotlin)" \
    "and kotlinx-coroutines-core $(version coroutines)"
