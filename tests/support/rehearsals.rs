//! Rehearsals of many specs: what tierform writes for each is applied, planned again and destroyed.
//!
//! The engines take turns. With `TIERFORM_EVERY_ENGINE` set every spec meets each of them, which takes twice as long.

use std::path::PathBuf;

use tierform::rehearse::{Options, run};

use crate::support::{engines, generated, turns};

/// Fails with what the rehearsals of all specs find.
pub fn assert_all_clean(specs: &[String]) {
    let engines = engines::all();
    let is_every = std::env::var_os("TIERFORM_EVERY_ENGINE").is_some();
    let mut pairs: Vec<(&String, &PathBuf)> = Vec::new();
    for (index, spec) in specs.iter().enumerate() {
        match is_every {
            true => pairs.extend(engines.iter().map(|engine| (spec, engine))),
            false => pairs.extend(engines.get(index % engines.len().max(1)).map(|engine| (spec, engine))),
        }
    }
    turns::assert_all(&pairs, |_, (spec, engine)| {
        let infra = generated::directory(spec);
        let options = Options {
            dir: infra.path().to_owned(),
            engine: Some(engine.display().to_string()),
            ..Options::default()
        };
        let what = || format!("{} with\n{spec}", engine.display());
        let report = run(&options, &|_| {}).map_err(|error| format!("{}: {error}", what()))?;
        if report.is_clean() { Ok(()) } else { Err(format!("{}: {}", what(), report.to_text())) }
    });
}
