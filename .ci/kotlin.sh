# shellcheck shell=bash
# The steps of what Kotlin and Swift see of the bridge, and of the Kotlin package. Sourced by run, after steps.sh.

# The newest JDK that the package is played on, in the long lane. Debian 12 has none so new.
readonly newest_jdk=25

# What the generator writes of the built library equals what is committed: nobody edits it, nobody forgets it.
step_bindings() {
    build_bridge
    cargo build --locked --quiet --package apoa-bindgen
    local new=$work/bindings file differs=
    "$CARGO_TARGET_DIR/debug/apoa-bindgen" "$CARGO_TARGET_DIR/release/libapoa_ffi.so" "$new"
    while read -r file; do
        if [ -e "bindings/$file" ]; then
            diff -u --label "committed $file" --label "generated $file" "bindings/$file" "$new/$file" || differs=1
        else
            echo "not committed: bindings/$file"
            differs=1
        fi
    done < <(cd "$new" && find . -type f -printf '%P\n' | sort)
    while read -r file; do
        [ -e "$new/${file#bindings/}" ] || { echo "no longer generated: $file" && differs=1; }
    done < <(own_files bindings/kotlin/src/generated bindings/swift/Sources/ApoaGenerated)
    [ -z "$differs" ] ||
        complain "regenerate: cargo run --package apoa-bindgen -- TARGET/release/libapoa_ffi.so bindings"
    echo "$(wc -l <bindings/api.txt) lines of surface, generated files as committed"
}

# The library as people build it, with the symbols that the generator reads. Alone, so that no other package's features
# are merged into it.
build_bridge() {
    cargo build --locked --quiet --release --package apoa-ffi
}

# Both compilations, calls that Android's API level 26 lacks, every test on JDK 17, form, and the public API. The long
# lane adds the newest JDK, what a shrinker leaves, dexing, 16 KB pages and the reference.
step_kotlin() {
    prepare_maven
    build_bridge
    cargo build --locked --quiet --release --package apoa-cli
    # Classes of an earlier run would be shrunk and tested along.
    rm -rf "$kotlin_out"
    maven verify | tee "$work/kotlin-tests.log"
    local played
    played=$(kotlin_count "$work/kotlin-tests.log")
    kotlin_style
    kotlin_api
    if [ "$lane" = long ]; then
        maven dokka:dokka
        echo "kotlin: reference written"
        kotlin_newest
        kotlin_shrunk
        kotlin_dex
        kotlin_pages
    fi
    touch "$maven_filled"
    echo "kotlin: $played passed, 0 failed"
}

# Where all of Maven's files go, and whether it still may ask the network. The repository is complete for these poms once
# a lane has passed: what plugins fetch while they run is in no pom.
prepare_maven() {
    local home
    home=$(compgen -G '/usr/lib/jvm/java-17-openjdk-*/bin/javac' | head -n 1 || true)
    if [ -z "$home" ] || ! command -v mvn >/dev/null; then
        install_packages openjdk-17-jdk-headless maven
        home=$(compgen -G '/usr/lib/jvm/java-17-openjdk-*/bin/javac' | head -n 1)
    fi
    JAVA_HOME=${home%/bin/javac}
    PATH=$JAVA_HOME/bin:$PATH
    export JAVA_HOME
    command -v unzip >/dev/null || install_packages unzip
    command -v readelf >/dev/null || install_packages binutils
    kotlin_out=$CARGO_TARGET_DIR/kotlin
    maven_filled=$cache/m2-$lane-$(cat bindings/kotlin/pom.xml bindings/kotlin/tools/pom.xml | sha256sum | cut -c1-12)
    maven_mode=()
    [ ! -e "$maven_filled" ] || maven_mode=(--offline)
    kotlin_tools=$cache/kotlin-tools-$(sha256sum <bindings/kotlin/tools/pom.xml | cut -c1-12)
    if [ ! -e "$kotlin_tools/ready" ]; then
        rm -rf "$kotlin_tools"
        maven --file tools/pom.xml dependency:copy-dependencies -DoutputDirectory="$kotlin_tools"
        touch "$kotlin_tools/ready"
    fi
}

# Silent but for warnings, errors and what Surefire counts.
maven() {
    (cd bindings/kotlin && mvn ${maven_mode[@]+"${maven_mode[@]}"} -Dmaven.repo.local="$cache/m2" \
        -DbuildDirectory="$kotlin_out" -Dnative.dir="$CARGO_TARGET_DIR/release" \
        -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
        -Dorg.slf4j.simpleLogger.log.org.apache.maven.plugin.surefire.SurefireMojo=info "$@")
}

# The sum of Surefire's closing line. A test that was skipped did not run.
kotlin_count() {
    local line
    line=$(grep -E 'Tests run: [0-9]+, Failures: 0, Errors: 0, Skipped: 0$' "$1" | tail -n 1)
    [ -n "$line" ] || complain "no test ran, or one was skipped"
    sed -E 's/.*Tests run: ([0-9]+),.*/\1/' <<<"$line"
}

kotlin_style() {
    (cd bindings/kotlin && java -jar "$kotlin_tools"/ktlint-cli-*-all.jar --relative 'src/main/**/*.kt' 'src/test/**/*.kt')
    java -jar "$kotlin_tools"/detekt-cli-*-all.jar --build-upon-default-config \
        --config bindings/kotlin/tools/detekt.yml --input bindings/kotlin/src/main
    echo "kotlin: formatted, documented, no smell"
}

# What the wrapper offers equals the committed list, so that a change of it shows in a review. The generated classes are
# those of bindings/api.txt.
kotlin_api() {
    local engine
    engine=$(printf '%s:' "$kotlin_tools"/{abi-tools,kotlin,java-diff}*.jar)
    java -cp "$engine" bindings/kotlin/tools/ApiDump.java "$(kotlin_jar)" "apoa.ffi.**" >"$kotlin_out/api.txt"
    diff -u --label committed --label built bindings/kotlin/api.txt "$kotlin_out/api.txt" ||
        complain "the public API differs: copy $kotlin_out/api.txt to bindings/kotlin/api.txt if it should"
    echo "kotlin: public API as committed"
}

kotlin_jar() {
    echo "$kotlin_out"/apoa-[0-9]*.jar
}

# The same classes and tests on the newest JDK, where this machine has one.
kotlin_newest() {
    local jvm
    jvm=$(compgen -G "/usr/lib/jvm/*-$newest_jdk-*/bin/java" | head -n 1 || true)
    if [ -z "$jvm" ]; then
        echo "kotlin: JDK $newest_jdk NOT RUN, none in /usr/lib/jvm"
        return
    fi
    maven surefire:test -Djvm="$jvm" | tee "$work/kotlin-newest.log"
    local played
    played=$(kotlin_count "$work/kotlin-newest.log")
    echo "kotlin: on JDK $newest_jdk $played tests passed as well"
}

# R8 with nothing but the rules inside our jar, then every test on what it left.
kotlin_shrunk() {
    local program library
    program=$(kotlin_classpath includeGroupIds)
    library=$(kotlin_classpath excludeGroupIds | sed 's/^/--classpath /')
    rm -rf "$kotlin_out/shrunk" "$kotlin_out/shrunk.jar"
    jar --create --no-manifest --file "$kotlin_out/tests.jar" -C "$kotlin_out/test-classes" .
    # shellcheck disable=SC2046,SC2086
    r8 R8 --release --classfile --lib "$JAVA_HOME" $library --pg-conf bindings/kotlin/tools/suite.pro \
        --pg-map-output "$kotlin_out/shrunk.map" --output "$kotlin_out/shrunk.jar" \
        "$(kotlin_jar)" "$kotlin_out/tests.jar" $program
    ! grep -q '^apoa.FrameScanner -> apoa.FrameScanner:' "$kotlin_out/shrunk.map" || complain "nothing was renamed"
    unzip -q "$kotlin_out/shrunk.jar" -d "$kotlin_out/shrunk"
    maven surefire:test@shrunk | tee "$work/kotlin-shrunk.log"
    local played
    played=$(kotlin_count "$work/kotlin-shrunk.log")
    echo "kotlin: after R8 $played tests passed as well"
}

# The part of the class path that ships (includeGroupIds), or that only tests need (excludeGroupIds), a line each.
kotlin_classpath() {
    maven dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$kotlin_out/$1" \
        -D"$1"=org.jetbrains.kotlin,org.jetbrains.kotlinx,net.java.dev.jna >&2
    tr : '\n' <"$kotlin_out/$1"
}

r8() {
    local program=$1
    shift
    java -XX:TieredStopAtLevel=1 -cp "$kotlin_tools"/r8-*.jar "com.android.tools.r8.$program" "$@" \
        &>"$kotlin_out/$program.log" || { cat "$kotlin_out/$program.log" && return 1; }
}

kotlin_dex() {
    local library
    library=$(kotlin_classpath includeGroupIds | sed 's/^/--classpath /')
    rm -rf "$kotlin_out/dex"
    mkdir -p "$kotlin_out/dex"
    # shellcheck disable=SC2086
    r8 D8 --release --min-api "$android_api" --lib "$JAVA_HOME" $library --output "$kotlin_out/dex" "$(kotlin_jar)"
    echo "kotlin: $(du -b "$kotlin_out/dex/classes.dex" | cut -f1) bytes of dex for API $android_api"
}

# Every 64-bit library of JNA's Android archive loads where pages are 16 KB.
kotlin_pages() {
    local folder=$kotlin_out/jna library segments count=0
    rm -rf "$folder"
    unzip -q "$kotlin_tools"/jna-*.aar -d "$folder"
    for library in "$folder"/jni/{arm64-v8a,x86_64}/*.so; do
        segments=$(aligned_segments "$library")
        count=$((count + segments))
    done
    echo "kotlin: $count segments of JNA aligned for 16 KB pages"
}
