//! The bundled provider schemas hold every type and argument that the templates use.
//! The ignored test rebuilds the bundle from full schemas; see `templates/schemas/README.md`.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use hcl_edit::structure::{Block as HclBlock, Body};
use tierform::rehearse::schema::{BUNDLE, Block, ProviderSchema, Schema};

const KINDS: [&str; 3] = ["resource", "data", "ephemeral"];
const META_ARGUMENTS: [&str; 4] = ["count", "for_each", "provider", "depends_on"];
const META_BLOCKS: [&str; 4] = ["lifecycle", "provisioner", "connection", "timeouts"];

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every file below `directory` that ends in one of `endings`, with its text.
fn files(directory: &Path, endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// The kind and type of every block in `text` that needs a provider, by its first line: a Tera template does not parse.
fn types(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let mut words = line.trim_start().split('"');
        let kind = words.next()?.trim_end();
        KINDS.contains(&kind).then(|| words.next().map(|name| (kind, name)))?
    })
}

fn labels(block: &HclBlock) -> Vec<&str> {
    block.labels.iter().map(|label| label.as_str()).collect()
}

/// The kind, type and block of everything that needs a provider.
fn uses(body: &Body) -> impl Iterator<Item = (&str, &str, &HclBlock)> {
    body.blocks().filter_map(|block| {
        let kind = block.ident.as_str();
        KINDS.contains(&kind).then_some(())?;
        Some((kind, *labels(block).first()?, block))
    })
}

fn schemas_of<'a>(schema: &'a ProviderSchema, kind: &str) -> &'a std::collections::BTreeMap<String, Schema> {
    match kind {
        "data" => &schema.data_source_schemas,
        "ephemeral" => &schema.ephemeral_resource_schemas,
        _ => &schema.resource_schemas,
    }
}

/// Notes every argument and block of `body` that the schema does not have, or that is deprecated there.
fn compare(body: &Body, schema: &Block, place: &str, top: bool, missing: &mut Vec<String>) {
    for attribute in body.attributes() {
        let name = attribute.key.as_str();
        match schema.attributes.get(name) {
            Some(known) if known.deprecated => {
                missing.push(format!("{place}: argument {name}, which is deprecated"))
            }
            Some(_) => {}
            None if top && META_ARGUMENTS.contains(&name) => {}
            None => missing.push(format!("{place}: argument {name}")),
        }
    }
    for block in body.blocks() {
        let keyword = block.ident.as_str();
        let labels = labels(block);
        let (name, content) = match (keyword, labels.first()) {
            ("dynamic", Some(name)) => match block.body.get_blocks("content").next() {
                Some(content) => (*name, &content.body),
                None => continue,
            },
            _ => (keyword, &block.body),
        };
        match schema.block_types.get(name) {
            Some(nested) => compare(content, &nested.block, &format!("{place}.{name}"), false, missing),
            // A list of objects may be written as blocks.
            None if schema.attributes.contains_key(name) || top && META_BLOCKS.contains(&name) => {}
            None => missing.push(format!("{place}: block {name}")),
        }
    }
}

#[test]
fn the_bundle_has_every_type_and_argument_of_the_templates() {
    let schemas: Vec<(&str, ProviderSchema)> = BUNDLE.iter().map(|b| (b.name, b.load().unwrap())).collect();
    let mut missing = Vec::new();
    for (path, text) in files(&root("templates"), &[".tf"]) {
        let body: Body = text.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for (kind, type_name, block) in uses(&body) {
            let provider = type_name.split('_').next().unwrap_or_default();
            let place = format!("{}: {kind} {type_name}", path.display());
            if provider == "terraform" {
                continue;
            }
            let schema = schemas.iter().find(|(name, _)| *name == provider);
            match schema.and_then(|(_, schema)| schemas_of(schema, kind).get(type_name)) {
                Some(schema) => compare(&block.body, &schema.block, &place, true, &mut missing),
                None => missing.push(format!("{place}: the type")),
            }
        }
    }
    for (path, text) in files(&root("templates"), &[".tf.tera"]) {
        for (kind, type_name) in types(&text) {
            let provider = type_name.split('_').next().unwrap_or_default();
            if provider == "terraform" {
                continue;
            }
            let schema = schemas.iter().find(|(name, _)| *name == provider);
            if !schema.is_some_and(|(_, schema)| schemas_of(schema, kind).contains_key(type_name)) {
                missing.push(format!("{}: {kind} {type_name}: the type", path.display()));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "the bundled schemas lack or deprecate these (templates/schemas/README.md says how to add a type):\n{}",
        missing.join("\n")
    );
}

/// The schemas of `provider` in `<directory>/<stem>.json` or `.json.gz`.
fn dump(directory: &Path, stem: &str, provider: &str) -> serde_json::Value {
    let paths = [format!("{stem}.json"), format!("{stem}.json.gz")].map(|name| directory.join(name));
    let path = paths.iter().find(|path| path.exists());
    let path = path.unwrap_or_else(|| panic!("no {stem}.json or {stem}.json.gz in {}", directory.display()));
    let mut json = fs::read(path).unwrap();
    if path.extension().is_some_and(|e| e == "gz") {
        let packed = std::mem::take(&mut json);
        GzDecoder::new(&packed[..]).read_to_end(&mut json).unwrap();
    }
    let dump: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let schemas = dump["provider_schemas"].as_object().unwrap();
    let (_, schema) = schemas.iter().find(|(address, _)| address.ends_with(&format!("/{provider}"))).unwrap();
    schema.clone()
}

/// Puts back arguments named `description`, which dumps lose when they are stripped of descriptions carelessly.
fn restore(schema: &mut serde_json::Value, other: &serde_json::Value, names: bool) {
    match (schema, other) {
        (serde_json::Value::Object(entries), serde_json::Value::Object(others)) => {
            for (key, value) in entries.iter_mut() {
                restore(value, &others.get(key).cloned().unwrap_or_default(), key == "attributes");
            }
            if let Some(lost) = others.get("description").filter(|_| names) {
                entries.entry("description").or_insert_with(|| lost.clone());
            }
        }
        (serde_json::Value::Array(items), serde_json::Value::Array(others)) => {
            let object = others.first().is_some_and(|kind| kind == "object");
            items.iter_mut().zip(others).for_each(|(item, other)| restore(item, other, object));
        }
        _ => {}
    }
}

#[test]
#[ignore = "writes templates/schemas from the full schemas in $TIERFORM_SCHEMAS"]
fn write_the_bundle() {
    let source =
        PathBuf::from(std::env::var_os("TIERFORM_SCHEMAS").expect("TIERFORM_SCHEMAS names a directory"));
    let extra = fs::read_to_string(root("templates/schemas/extra-types.txt")).unwrap();
    let mut wanted: BTreeSet<(String, String)> = extra
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .map(|(kind, name)| (kind.to_owned(), name.to_owned()))
        .collect();
    for (_, text) in files(&root("templates"), &[".tf", ".tf.tera"]) {
        wanted.extend(types(&text).map(|(kind, name)| (kind.to_owned(), name.to_owned())));
    }
    for bundled in BUNDLE {
        let mut full = dump(&source, &format!("{}-{}", bundled.name, bundled.version), bundled.name);
        if let Some(other) = std::env::var_os("TIERFORM_SCHEMAS_DESCRIPTIONS") {
            restore(&mut full, &dump(Path::new(&other), bundled.name, bundled.name), false);
        }
        let mut schema: ProviderSchema = serde_json::from_value(full).unwrap();
        let keep = |kind: &str, name: &str| wanted.contains(&(kind.to_owned(), name.to_owned()));
        schema.resource_schemas.retain(|name, _| keep("resource", name));
        schema.data_source_schemas.retain(|name, _| keep("data", name));
        schema.ephemeral_resource_schemas.retain(|name, _| keep("ephemeral", name));
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&serde_json::to_vec(&schema).unwrap()).unwrap();
        let name = format!("templates/schemas/{}-{}.json.gz", bundled.name, bundled.version);
        fs::write(root(&name), packed.finish().unwrap()).unwrap();
    }
}
