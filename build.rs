//! Turns `templates/` into Rust before the crate is compiled: every module file with its sha256, every root template,
//! and the catalog's tables as typed rows. A malformed table fails the build, not the user's run.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest, Sha256};

fn main() {
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    let templates = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("templates");
    for folder in ["modules", "root", "catalog"] {
        println!("cargo::rerun-if-changed={}", templates.join(folder).display());
    }
    let repository = templates.parent().expect("templates/ is in the repository");
    fs::write(out.join("program.rs"), format!("{:?}", fingerprint(repository))).expect("OUT_DIR is writable");
    fs::write(out.join("modules.rs"), embedded(&templates, &templates, "modules"))
        .expect("OUT_DIR is writable");
    fs::write(out.join("root.rs"), embedded(&templates.join("root"), &templates, "root"))
        .expect("OUT_DIR is writable");
    fs::write(out.join("catalog.rs"), catalog(&templates.join("catalog"))).expect("OUT_DIR is writable");
    fs::write(out.join("impact.rs"), impact(&templates.join("catalog")) + &emitted(&templates))
        .expect("OUT_DIR is writable");
}

/// One hash of all that decides what is written, the places of the files included: the sources, the templates, what builds them, and
/// the exact dependencies, whose printers and parsers have a part in it.
fn fingerprint(repository: &Path) -> String {
    let mut files = Vec::new();
    for file in ["build.rs", "Cargo.lock", "Cargo.toml"] {
        println!("cargo::rerun-if-changed={}", repository.join(file).display());
        files.push(repository.join(file));
    }
    for folder in ["src", "templates"] {
        println!("cargo::rerun-if-changed={}", repository.join(folder).display());
        walk(&repository.join(folder), &mut files);
    }
    files.sort();
    let mut all = Sha256::new();
    for file in files {
        let path = file.strip_prefix(repository).expect("walked below it");
        all.update(path.to_str().expect("paths are ASCII").replace('\\', "/"));
        all.update([0]);
        all.update(Sha256::digest(fs::read(&file).expect("a source is readable")));
    }
    all.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A sorted slice of `(path, text, sha256)` of all files below `templates/<folder>`, each path relative to `base`.
fn embedded(base: &Path, templates: &Path, folder: &str) -> String {
    let mut files = Vec::new();
    walk(&templates.join(folder), &mut files);
    files.sort();
    let mut rust = String::from("&[\n");
    for file in files {
        let path = file.strip_prefix(base).expect("walked below base");
        let path = path.to_str().expect("template paths are ASCII").replace('\\', "/");
        let text = fs::read(&file).expect("a template is readable");
        assert!(text.ends_with(b"\n") && !text.contains(&b'\r'), "{path}: LF and a final newline, please");
        let absolute = file.to_str().expect("a path in UTF-8");
        let hash: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(rust, "    ({path:?}, include_str!({absolute:?}), {hash:?}),").expect("a String takes all");
    }
    rust + "]\n"
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("templates/ is complete") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// The tables of `templates/catalog` as statics of the types in `src/catalog`.
fn catalog(folder: &Path) -> String {
    let mut rust = String::new();
    table(folder, &mut rust, "machines", "MachineType", |row| {
        format!(
            "MachineType {{ cloud: {}, name: {:?}, family: {:?}, series: {:?}, vcpus: {}, memory_gib: {:?}, arm: {}, \
             shared_core: {}, max_volumes: {}, max_pods: {} }}",
            cloud(row[0]),
            row[1],
            row[2],
            row[3],
            number::<u32>(row[4]),
            number::<f64>(row[5]),
            row[6] != "x86_64",
            number::<bool>(row[7]),
            optional(row[8]),
            optional(row[9]),
        )
    });
    table(folder, &mut rust, "databases", "DatabaseType", |row| {
        format!(
            "DatabaseType {{ cloud: {}, name: {:?}, series: {:?}, vcpus: {}, memory_gb: {}, burstable: {} }}",
            cloud(row[0]),
            row[1],
            row[2],
            number::<u32>(row[3]),
            number::<u32>(row[4]),
            number::<bool>(row[5]),
        )
    });
    table(folder, &mut rust, "regions", "Region", |row| {
        format!(
            "Region {{ cloud: {}, name: {:?}, zones: &{:?}, place: {:?} }}",
            cloud(row[0]),
            row[1],
            zones(row[2]),
            row[3]
        )
    });
    table(folder, &mut rust, "family_regions", "FamilyRegion", |row| {
        format!(
            "FamilyRegion {{ cloud: {}, family: {:?}, region: {:?}, zones: &{:?} }}",
            cloud(row[0]),
            row[1],
            row[2],
            zones(row[3])
        )
    });
    table(folder, &mut rust, "releases", "releases::Release", |row| {
        let (major, minor) = row[0].split_once('.').expect("a minor release is two numbers");
        format!(
            "releases::Release {{ minor: ({}, {}), date: {:?}, latest: {:?}, channel: releases::Channel::{}, terraform: {:?}, \
             bundles: {}, source: {:?} }}",
            number::<u32>(major),
            number::<u32>(minor),
            row[1],
            row[2],
            match row[3] {
                "mainline" => "Mainline",
                "stable" => "Stable",
                "security" => "Security",
                "extended" => "Extended",
                "unsupported" => "Unsupported",
                "unknown" => "Unknown",
                other => panic!("templates/catalog/releases.csv has `{other}` where a channel belongs"),
            },
            row[4],
            match row[5] {
                "bundles" => true,
                "accepts" => false,
                other =>
                    panic!("templates/catalog/releases.csv has `{other}` where bundles or accepts belongs"),
            },
            row[6..].join(","),
        )
    });
    table(folder, &mut rust, "terraforms", "releases::Terraform", |row| {
        let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        assert!(is_hash(row[1]) && is_hash(row[2]), "templates/catalog/terraforms.csv: {row:?}");
        format!(
            "releases::Terraform {{ version: {:?}, sha256: releases::Checksums {{ amd64: {:?}, arm64: {:?} }} }}",
            row[0], row[1], row[2]
        )
    });
    check_prices(folder);
    table(folder, &mut rust, "moves", "Move", |row| {
        format!(
            "Move {{ cloud: {}, since: {:?}, from: {:?}, to: {:?} }}",
            cloud(row[0]),
            row[1],
            row[2],
            row[3]
        )
    });
    rust
}

/// The price list stays text (only `cost` and `machines` read it): here its shape is checked.
fn check_prices(folder: &Path) {
    let text = fs::read_to_string(folder.join("prices.csv")).expect("the table is there");
    let mut columns = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<_> = line.split(',').collect();
        cloud(cells[0]);
        if cells[1] == "regions" {
            columns = cells.len();
            continue;
        }
        assert!(
            (4..=columns).contains(&cells.len()) && !cells[2].is_empty(),
            "templates/catalog/prices.csv: {line}"
        );
        for cell in cells[3..].iter().filter(|cell| !cell.is_empty()) {
            let price: f64 = number(cell.trim_start_matches('~'));
            assert!(price > 0.0, "templates/catalog/prices.csv: {line}");
        }
    }
}

/// The tables of what a change does in the cloud, as statics of the types in `src/impact/table.rs`.
fn impact(folder: &Path) -> String {
    let mut rust = String::new();
    table(folder, &mut rust, "replacements", "Rule", |row| {
        assert!(
            ["planned ", "source ", "ours"].iter().any(|known| row[3].starts_with(known)),
            "templates/catalog/replacements.csv: {row:?} has no source"
        );
        format!(
            "Rule {{ of: {:?}, argument: {:?}, when: {}, source: {:?} }}",
            row[0],
            row[1],
            when(row[2]),
            row[3]
        )
    });
    table(folder, &mut rust, "stateful", "Stateful", |row| {
        format!("Stateful {{ of: {:?}, holds: {:?} }}", row[0], row[1..].join(","))
    });
    table(folder, &mut rust, "notes", "Note", |row| {
        let class = match row[3] {
            "note" => "None",
            "drained" => "Some(Class::Drained)",
            "restarted" => "Some(Class::Restarted)",
            "opened" => "Some(Class::Opened)",
            "closed" => "Some(Class::Closed)",
            "smaller" => "Some(Class::Smaller)",
            other => panic!("templates/catalog/notes.csv has `{other}` where a class belongs: {row:?}"),
        };
        let says = row[4..].join(",");
        assert!(
            !says.is_empty() && !says.ends_with('.'),
            "templates/catalog/notes.csv: {row:?} says nothing"
        );
        format!(
            "Note {{ {}, argument: {:?}, when: {}, class: {class}, says: {says:?} }}",
            of(row[0]),
            row[1],
            when(row[2]),
        )
    });
    table(folder, &mut rust, "drift", "Drift", |row| {
        let whose = match row[3] {
            "autoscaler" => "Autoscaler",
            "cloud" => "Cloud",
            "person" => "Person",
            other => panic!("templates/catalog/drift.csv has `{other}` where it says whose: {row:?}"),
        };
        format!(
            "Drift {{ of: {:?}, argument: {:?}, when: {}, whose: Whose::{whose}, says: {:?} }}",
            row[0],
            row[1],
            when(row[2]),
            row[4..].join(",")
        )
    });
    table(folder, &mut rust, "refusals", "Refusal", |row| {
        let (source, rest) = row.split_last().expect("split gives at least one");
        assert!(
            rest.len() >= 5 && !source.is_empty(),
            "templates/catalog/refusals.csv: {row:?} has no source"
        );
        let how = match row[3] {
            "apply" => "How::Apply",
            "ignored" => "How::Ignored",
            other => {
                panic!("templates/catalog/refusals.csv has `{other}` where a way to refuse belongs: {row:?}")
            }
        };
        format!(
            "Refusal {{ {}, argument: {:?}, when: {}, how: {how}, says: {:?}, source: {source:?} }}",
            of(row[0]),
            row[1],
            when(row[2]),
            rest[4..].join(","),
        )
    });
    rust
}

/// Which resources a row is about, as two fields: `google_sql_user`, or those alone of which something holds:
/// `google_sql_database_instance[settings.disk_autoresize=true]`, `aws_eks_node_group[scaling_config.min_size>scaling_config.desired_size]`.
fn of(cell: &str) -> String {
    let Some((kind, only)) = cell.split_once('[') else { return format!("of: {cell:?}, only: None") };
    let wrong = || -> ! { panic!("templates/catalog has `{cell}` where type[argument=value] belongs") };
    let Some(only) = only.strip_suffix(']') else { wrong() };
    match (only.split_once('='), only.split_once('>')) {
        (Some((argument, value)), None) => {
            format!("of: {kind:?}, only: Some(Only::Is({argument:?}, {value:?}))")
        }
        (None, Some((argument, other))) => {
            format!("of: {kind:?}, only: Some(Only::Above({argument:?}, {other:?}))")
        }
        _ => wrong(),
    }
}

/// `static EMITTED`: the resource types that the templates have, sorted.
fn emitted(templates: &Path) -> String {
    let mut files = Vec::new();
    for folder in ["modules", "root"] {
        walk(&templates.join(folder), &mut files);
    }
    let mut types = std::collections::BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a template is text");
        let names = text.lines().filter_map(|line| line.strip_prefix("resource \"")?.split('"').next());
        types.extend(names.map(str::to_owned));
    }
    let types: Vec<_> = types.into_iter().collect();
    format!("static EMITTED: &[&str] = &{types:?};\n")
}

/// A condition of a table as the variant of `src/impact/when.rs` that has its name: `smaller`, `on-destroy=true`. One that is
/// not there fails the build where the table is included.
fn when(cell: &str) -> String {
    let (name, value) = cell.split_once('=').map_or((cell, None), |(name, value)| (name, Some(value)));
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    assert!(
        name.split('-').all(|part| part.starts_with(|c: char| c.is_ascii_lowercase())),
        "templates/catalog has `{cell}` where a kind of change belongs"
    );
    let variant: String = name.split('-').map(word).collect();
    value.map_or_else(|| format!("When::{variant}"), |value| format!("When::{variant}({value:?})"))
}

/// Appends `static NAME: &[Type]` with one literal a line of `<name>.csv`, comments and blank lines left out.
fn table(folder: &Path, rust: &mut String, name: &str, of: &str, row: impl Fn(&[&str]) -> String) {
    let text = fs::read_to_string(folder.join(name).with_extension("csv")).expect("the table is there");
    writeln!(rust, "static {}: &[{of}] = &[", name.to_uppercase()).expect("a String takes all");
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        writeln!(rust, "    {},", row(&line.split(',').collect::<Vec<_>>())).expect("a String takes all");
    }
    rust.push_str("];\n");
}

fn cloud(name: &str) -> &'static str {
    match name {
        "gcp" => "Cloud::Gcp",
        "aws" => "Cloud::Aws",
        "azure" => "Cloud::Azure",
        other => panic!("templates/catalog names the cloud `{other}`"),
    }
}

fn number<T: std::str::FromStr>(cell: &str) -> T {
    cell.parse().unwrap_or_else(|_| panic!("templates/catalog has `{cell}` where a figure belongs"))
}

fn optional(cell: &str) -> String {
    if cell.is_empty() { "None".to_owned() } else { format!("Some({})", number::<u32>(cell)) }
}

fn zones(cell: &str) -> Vec<&str> {
    cell.split(';').filter(|zone| !zone.is_empty()).collect()
}
