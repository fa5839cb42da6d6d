//! How long the main job takes: reading to tree in memory, a fresh directory, and a run that finds nothing to do.

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use tierform::output::Request;
use tierform::spec::{Cloud, Spec};
use tierform::tree::{Tree, sha256_hex};
use tierform::{PROGRAM, catalog, compile, output, render, resolve};

const SPEC: &str = include_str!("../examples/gcp-1k/coder.toml");

fn tree() -> Tree {
    let compiled = compile(SPEC).expect("the example compiles");
    render::render(&compiled.plan).expect("the example renders")
}

/// What the command does.
fn generate(out: &Path) {
    let compiled = compile(SPEC).expect("the example compiles");
    let spec_sha256 = sha256_hex(SPEC.as_bytes());
    let request = Request { spec_sha256: &spec_sha256, program: PROGRAM, ..Request::default() };
    let opened = output::open(out).expect("the directory can be opened");
    if output::current(&opened, &request, render::embedded).expect("the directory can be read").is_some() {
        return;
    }
    let tree = render::render(&compiled.plan).expect("the example renders");
    let changes = output::compare_for(&tree, opened, request).expect("the directory can be read");
    let written = changes.iter().filter(|change| change.is_written());
    render::verify(written.filter_map(|change| Some((change.path.as_str(), tree.get(&change.path)?))))
        .expect("the example is HCL");
    output::write(&changes).expect("the directory can be written");
}

fn benches(criterion: &mut Criterion) {
    criterion.bench_function("gcp-1k in memory", |bench| bench.iter(tree));
    criterion.bench_function("gcp-1k fresh", |bench| {
        // All are kept until the end: ext4 passes over inodes deleted within seconds when it makes a file, which would be
        // most of the time measured.
        let parent = tempfile::tempdir().expect("a temporary directory");
        let mut count = 0;
        bench.iter(|| {
            count += 1;
            generate(&parent.path().join(format!("infra-{count}")));
        });
    });
    criterion.bench_function("gcp-1k nothing to do", |bench| {
        let dir = tempfile::tempdir().expect("a temporary directory");
        generate(dir.path());
        bench.iter(|| generate(dir.path()));
    });
    criterion.bench_function("gcp-1k, every root file edited, compared with a newer tierform", |bench| {
        let dir = tempfile::tempdir().expect("a temporary directory");
        generate(dir.path());
        let mut newer = Tree::default();
        for (path, file) in tree().iter() {
            let is_root = !path.contains('/');
            if is_root {
                std::fs::write(dir.path().join(path), format!("# mine\n{}", file.text)).expect("writable");
            }
            newer.insert(path.to_owned(), format!("{}{}", file.text, if is_root { "# newer\n" } else { "" }));
        }
        bench.iter(|| output::compare(&newer, dir.path(), "").expect("the directory can be read").written());
    });
}

/// Promised: under 150 ms for all of them together.
fn every_tier(criterion: &mut Criterion) {
    criterion.bench_function("every tier, revision and cloud in memory", |bench| {
        bench.iter(|| {
            for row in catalog::tiers() {
                for cloud in Cloud::ALL {
                    let region = catalog::list_region(cloud);
                    let spec = Spec::of_tier(row.tier, Some(row.revision), cloud, region);
                    let compiled = resolve(spec).expect("every tier is sold where prices are listed");
                    render::render(&compiled.plan).expect("every tier renders");
                }
            }
        });
    });
}

criterion_group!(all, benches, every_tier);
criterion_main!(all);
