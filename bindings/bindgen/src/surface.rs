//! The bridge's surface, a line for each item: what a change of it looks like in a review.
//!
//! Names stand as in Rust (`row_stride`; Kotlin and Swift see `rowStride`), documentation is left out, the order is the
//! alphabet's.

use anyhow::{Result, ensure};
use camino::Utf8Path;
use uniffi_meta::{FieldMetadata, FnParamMetadata, Metadata, Type, VariantMetadata};

/// The surface of a built library.
pub(crate) fn of(library: &Utf8Path) -> Result<Vec<String>> {
    let items = uniffi_bindgen::macro_metadata::extract_from_library(library)?;
    for item in &items {
        // Documentation goes into comments of the generated files as it is; this shows an item with its own.
        let shown = format!("{item:?}");
        ensure!(!shown.contains("*/") && !shown.contains("/*"), "it would end a comment: {shown}");
    }
    let mut lines: Vec<String> = items.iter().flat_map(lines).collect();
    lines.sort();
    lines.dedup();
    Ok(lines)
}

fn lines(item: &Metadata) -> Vec<String> {
    match item {
        // Where things come from, not what they are.
        Metadata::Namespace(_) | Metadata::UdlFile(_) => Vec::new(),
        Metadata::Func(item) => {
            vec![call("function", &item.name, &item.inputs, item.return_type.as_ref(), item.throws.as_ref())]
        }
        Metadata::Object(item) => {
            let kind = if item.imp.is_trait_interface() { "trait" } else { "object" };
            vec![format!("{kind} {}", item.name)]
        }
        Metadata::CallbackInterface(item) => vec![format!("trait {}", item.name)],
        Metadata::Constructor(item) => {
            let name = format!("{}.{}", item.self_name, item.name);
            vec![call("constructor", &name, &item.inputs, None, item.throws.as_ref())]
        }
        Metadata::Method(item) => {
            let name = format!("{}.{}", item.self_name, item.name);
            vec![call("method", &name, &item.inputs, item.return_type.as_ref(), item.throws.as_ref())]
        }
        Metadata::TraitMethod(item) => {
            let name = format!("{}.{}", item.trait_name, item.name);
            vec![call("asked", &name, &item.inputs, item.return_type.as_ref(), item.throws.as_ref())]
        }
        Metadata::Record(item) => vec![format!("record {}({})", item.name, fields(&item.fields))],
        Metadata::Enum(item) => {
            let kind = if item.shape.is_error() { "error" } else { "enum" };
            item.variants.iter().map(|variant| format!("{kind} {}.{}", item.name, shown(variant))).collect()
        }
        Metadata::CustomType(item) => vec![format!("custom {}: {}", item.name, ty(&item.builtin))],
        Metadata::UniffiTrait(item) => vec![format!("trait {} of {}", item.name(), item.self_name())],
        Metadata::ObjectTraitImpl(item) => vec![format!("{item:?}")],
    }
}

fn call(
    kind: &str,
    name: &str,
    inputs: &[FnParamMetadata],
    returns: Option<&Type>,
    throws: Option<&Type>,
) -> String {
    let inputs: Vec<String> =
        inputs.iter().map(|input| format!("{}: {}", input.name, ty(&input.ty))).collect();
    let returns = returns.map(|returned| format!(" -> {}", ty(returned))).unwrap_or_default();
    let throws = throws.map(|thrown| format!(" throws {}", ty(thrown))).unwrap_or_default();
    format!("{kind} {name}({}){returns}{throws}", inputs.join(", "))
}

fn shown(variant: &VariantMetadata) -> String {
    if variant.fields.is_empty() {
        variant.name.clone()
    } else {
        format!("{}({})", variant.name, fields(&variant.fields))
    }
}

fn fields(fields: &[FieldMetadata]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|field| format!("{}: {}", field.name, ty(&field.ty))).collect();
    fields.join(", ")
}

fn ty(of: &Type) -> String {
    match of {
        Type::Optional { inner_type } => format!("{}?", ty(inner_type)),
        Type::Sequence { inner_type } => format!("[{}]", ty(inner_type)),
        Type::Set { inner_type } => format!("set<{}>", ty(inner_type)),
        Type::Map { key_type, value_type } => format!("[{}: {}]", ty(key_type), ty(value_type)),
        Type::Box { inner_type } => ty(inner_type),
        named => named.name().map_or_else(|| format!("{named:?}").to_lowercase(), str::to_owned),
    }
}
