# shellcheck shell=bash
# The library on phones, as far as a Debian machine without the makers' kits can prove it: the whole core fits Android and
# iOS, and an arm64 library for Android links and holds what apps rely on. What ships is built by the scripts in android/ and
# ios/. Why it is proved so: docs/adr/0034. Sourced by run.

# Of Debian's clang and lld.
readonly clang=19
# What the library may weigh at most, stripped.
readonly size_most=6000000
# How much it may grow over the committed figure, in per mille, before somebody has to look: compilers differ by less.
readonly size_slack=20

# Compilers and headers. `cross` names the folder that they are kept in, `cross_target` the one that is built in.
prepare_cross() {
    cross=$cache/cross cross_target=$CARGO_TARGET_DIR/cross
    mkdir -p "$cross"
    prepare_std
    if ! command -v "clang-$clang" >/dev/null || ! command -v "llvm-strip-$clang" >/dev/null; then
        install_packages "clang-$clang" "lld-$clang" "llvm-$clang"
    fi
    command -v readelf >/dev/null || install_packages binutils
    prepare_wheels cross .ci/cross.txt
    zig=$(python3 -c 'import pathlib, ziglang; print(pathlib.Path(ziglang.__file__).parent)')/lib

    local include=$zig/libc/include folder
    # Headers of another C library for Linux: the same interface, but for the names and switches given.
    android_flags="--target=aarch64-linux-android$android_api -mno-outline-atomics -D_GNU_SOURCE -D__errno_location=__errno"
    android_flags+=" -nostdlibinc"
    for folder in aarch64-linux-musl generic-musl aarch64-linux-any any-linux-any; do
        android_flags+=" -isystem $include/$folder"
    done
    ios_flags="--target=arm64-apple-ios$ios_system -nostdlibinc -isystem $include/any-darwin-any -DHAVE_GETHOSTUUID=0"
}

# Debian's compiler with the sources of the standard library: rustup has that library ready for hosts alone. Unpacked and
# not installed, because it would exclude rustup; Cargo stays the pinned one.
prepare_std() {
    std=$cross/std
    [ ! -e "$std/ready" ] || return 0
    echo "fetching the sources of the standard library"
    rm -rf "$std"
    mkdir -p "$std/packages"
    # Reads the lists of packages too.
    install_packages "clang-$clang" "lld-$clang" "llvm-$clang"
    local library llvm
    library=$(apt-cache depends libstd-rust-web-dev | sed -nE 's/.*Depends: (libstd-rust-web-[0-9.]+)$/\1/p' | head -n 1)
    llvm=$(apt-cache depends "$library" | sed -nE 's/.*Depends: (libllvm[0-9]+)$/\1/p' | head -n 1)
    (cd "$std/packages" && apt-get download -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root \
        rustc-web rust-web-src libstd-rust-web-dev "$library" "$llvm")
    local package
    for package in "$std"/packages/*.deb; do
        dpkg-deb --extract "$package" "$std"
    done
    rm -rf "$std/packages"
    cat >"$std/rustc" <<SCRIPT
#!/bin/sh
LD_LIBRARY_PATH=$std/usr/lib/x86_64-linux-gnu exec $std/usr/bin/rustc "\$@"
SCRIPT
    chmod +x "$std/rustc"
    "$std/rustc" --version
    touch "$std/ready"
}

# Cargo for another machine than this: `cross_cargo TARGET COMMAND…` builds the standard library along.
cross_cargo() (
    target=$1
    shift
    export RUSTC=$std/rustc RUSTC_BOOTSTRAP=1
    export CC_aarch64_linux_android=clang-$clang AR_aarch64_linux_android=llvm-ar-$clang
    export CFLAGS_aarch64_linux_android="$android_flags $c_switches"
    export CARGO_TARGET_AARCH64_LINUX_ANDROID_LINKER=$cross/android/cc
    export CC_aarch64_apple_ios=clang-$clang AR_aarch64_apple_ios=llvm-ar-$clang CFLAGS_aarch64_apple_ios=$ios_flags
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu"
    export LIBSQLITE3_FLAGS=$sqlite_switches RUSTFLAGS=$rust_switches
    # Tests say where they failed.
    [[ $target != *-linux-gnu ]] || RUSTFLAGS=
    export IPHONEOS_DEPLOYMENT_TARGET=$ios_system SDKROOT=$cross/iPhoneOS.sdk
    cargo "$@" --locked --target "$target" --target-dir "$cross_target"
)

# The core's own tests on the processor of phones, which qemu plays. Debian's GNU C library and not Android's: what differs by
# processor shows here, what differs by C library in step `targets`.
step_arm64() {
    if [ "$lane" != long ]; then
        echo "arm64: left to the long lane"
        return
    fi
    prepare_cross
    if ! command -v aarch64-linux-gnu-gcc >/dev/null || ! command -v qemu-aarch64 >/dev/null; then
        install_packages gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
    fi
    # Without samples in comments, which rustdoc of the pinned toolchain would build against another's library.
    cross_cargo aarch64-unknown-linux-gnu test -Zbuild-std --lib --tests \
        --package apoa-domain --package apoa-scan --package apoa-core --all-features 2>&1 | tee "$work/arm64-test.log"
    refuse_empty_targets "$work/arm64-test.log"
}

# The bridge, and so the whole core, for both systems; linked for Android, to look at the result.
step_targets() {
    if [ "$lane" != long ]; then
        echo "targets: left to the long lane"
        return
    fi
    prepare_cross
    # Asked for by the name alone: C is compiled without a kit.
    mkdir -p "$cross/iPhoneOS.sdk"
    local target
    for target in aarch64-linux-android aarch64-apple-ios; do
        cross_cargo "$target" check "${std_switches[@]}" --package apoa-ffi 2>&1 | tee "$work/$target.log"
        ! grep -q '^warning' "$work/$target.log" || complain "the compiler warns for $target"
    done
    link_android
    library=$cross_target/aarch64-linux-android/mobile/libapoa_ffi.so
    check_pages
    check_symbols
    check_size
}

# What the kit has and a link needs: its C libraries, here with nothing but the names that bionic.txt lists, and libunwind,
# which every library on Android carries itself.
link_android() {
    local folder=$cross/android name object objects=()
    rm -rf "$folder"
    mkdir -p "$folder"
    for name in libc libm libdl liblog; do
        awk -v library="$name" '$2 == library { print ".globl " $1 "\n" $1 ":" }' bindings/ffi/bionic.txt >"$folder/$name.s"
        "clang-$clang" "--target=aarch64-linux-android$android_api" -fuse-ld=lld -nostdlib -shared \
            "-Wl,-soname,$name.so" -o "$folder/$name.so" "$folder/$name.s"
    done
    for name in libunwind.cpp UnwindLevel1.c UnwindLevel1-gcc-ext.c UnwindRegisters{Restore,Save}.S; do
        object=$folder/$name.o
        # shellcheck disable=SC2086
        "clang-$clang" $android_flags -Os -fPIC -fvisibility=hidden -funwind-tables -fno-exceptions -fno-rtti -nostdinc++ \
            -DNDEBUG -D_LIBUNWIND_IS_NATIVE_ONLY -I "$zig/libunwind/include" -Wno-unused-command-line-argument \
            -c "$zig/libunwind/src/$name" -o "$object"
        objects+=("$object")
    done
    "llvm-ar-$clang" rcs "$folder/libunwind.a" "${objects[@]}"
    cat >"$folder/cc" <<SCRIPT
#!/bin/sh
exec clang-$clang --target=aarch64-linux-android$android_api -fuse-ld=lld -nostartfiles -L $folder "\$@"
SCRIPT
    chmod +x "$folder/cc"
    cross_cargo aarch64-linux-android build "${std_switches[@]}" --package apoa-ffi --profile mobile
}

check_pages() {
    local count
    count=$(aligned_segments "$library")
    echo "targets: $count segments aligned for 16 KB pages"
}

# Every name that the library cannot do without is in bionic.txt with an API level that the app may rely on, and nothing
# else is listed. Weak ones may be missing on a phone.
check_symbols() {
    local late differs
    late=$(awk -v api="$android_api" '!/^#/ && $3 > api { print $1 }' bindings/ffi/bionic.txt)
    [ -z "$late" ] || complain "newer than API level $android_api: $late"
    readelf --dyn-syms -W "$library" | awk '$7 == "UND" && $5 == "GLOBAL" { sub(/@.*/, "", $8); print $8 }' |
        LC_ALL=C sort >"$work/needed"
    awk '!/^#/ { print $1 }' bindings/ffi/bionic.txt | LC_ALL=C sort >"$work/listed"
    differs=$(LC_ALL=C comm -3 --output-delimiter=' listed without need: ' "$work/needed" "$work/listed")
    [ -z "$differs" ] || complain "bindings/ffi/bionic.txt is not what the library needs:"$'\n'"$differs"
    echo "targets: $(wc -l <"$work/needed") names, all in Android since API level $android_api or earlier"
}

# Stripped, as it ships.
check_size() {
    local size kept
    "llvm-strip-$clang" -o "$work/stripped.so" "$library"
    size=$(stat -c %s "$work/stripped.so")
    kept=$(awk '!/^#/ { print $1 }' bindings/ffi/size.txt)
    ((size * 1000 <= kept * (1000 + size_slack))) ||
        complain "the library weighs $size bytes, $kept in bindings/ffi/size.txt: make it smaller, or write the new figure"
    echo "targets: $size bytes stripped, $kept committed, $size_most at most"
    ((size <= size_most)) || complain "the library weighs $((size - size_most)) bytes too much"
    python3 .ci/size.py "llvm-readelf-$clang" "$library"
}
