//! Writes what Kotlin and Swift see of the bridge, from the bridge as it was built.
//!
//! `apoa-bindgen LIBRARY FOLDER` reads the metadata that the macros left in `LIBRARY` (the host's `libapoa_ffi`, not
//! stripped of its symbols) and writes below `FOLDER` what stands below `bindings/` in the repository: the generated
//! Kotlin and Swift, the C header, `api.txt`, and the texts of `core/locales` in the form of each language. Same input,
//! same bytes. No formatter is run: which one would depend on the machine. Settings come from `bindings/ffi/uniffi.toml`.

mod catalogue;
mod names;
mod surface;

use std::fs;

use anyhow::{Context as _, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};
use uniffi::{GenerateOptions, SwiftBindingsOptions, TargetLanguage};

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).map(Utf8PathBuf::from);
    let (Some(library), Some(folder), None) = (args.next(), args.next(), args.next()) else {
        bail!("usage: apoa-bindgen LIBRARY FOLDER");
    };
    let surface = surface::of(&library)?;
    names::check(&surface)?;
    write(&folder.join("api.txt"), &surface.join("\n"))?;
    let languages = catalogue::all()?;
    for (language, texts) in &languages {
        let file = format!("kotlin/src/generated/resources/apoa/catalogue/{language}.properties");
        write(&folder.join(file), &catalogue::properties(texts))?;
    }
    write(&folder.join("swift/Sources/ApoaGenerated/Catalogue.swift"), &catalogue::swift(&languages))?;
    kotlin(&library, &folder.join("kotlin/src/generated/kotlin"))?;
    swift(&library, &folder.join("swift/Sources"))
}

fn kotlin(library: &Utf8Path, out_dir: &Utf8Path) -> Result<()> {
    uniffi::generate(GenerateOptions {
        languages: vec![TargetLanguage::Kotlin],
        source: library.to_owned(),
        out_dir: out_dir.to_owned(),
        ..GenerateOptions::default()
    })
}

/// Swift and the header; the module map is written by hand, since the generated one names Apple's modules.
fn swift(library: &Utf8Path, sources: &Utf8Path) -> Result<()> {
    for (folder, generate_swift_sources) in [("ApoaGenerated", true), ("ApoaFFI", false)] {
        let out_dir = sources.join(folder);
        fs::create_dir_all(&out_dir).with_context(|| out_dir.to_string())?;
        uniffi::generate_swift_bindings(SwiftBindingsOptions {
            generate_swift_sources,
            generate_headers: !generate_swift_sources,
            generate_modulemap: false,
            source: library.to_owned(),
            out_dir,
            xcframework: false,
            module_name: None,
            modulemap_filename: None,
            metadata_no_deps: false,
            link_frameworks: Vec::new(),
            config: None,
        })?;
    }
    Ok(())
}

fn write(file: &Utf8Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| folder.to_string())?;
    }
    fs::write(file, format!("{text}\n")).with_context(|| file.to_string())
}
