//! What reads well but cannot be built, and the exact words for it: each `tests/refusals/*.toml` with its report beside it.
//! `SNAPSHOTS=overwrite cargo test --test suite spec::refusals` writes the reports anew. (What does not even read well is in `tests/spec`.)

use std::fs;
use std::path::Path;

use snapbox::{Data, assert_data_eq};
use tierform::diagnostic::render;
use tierform::{compile, spec};

#[test]
fn every_refusal_has_its_report() {
    let mut cases = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/refusals")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let read = spec::read(&text).problems;
        assert!(read.is_empty(), "{}: {read:#?}", path.display());
        let Err(problems) = compile(&text) else { panic!("{} is not refused", path.display()) };
        let report = render(&problems, "coder.toml", &text, false);
        assert_data_eq!(report, Data::read_from(&path.with_extension("txt"), None).raw());
        cases += 1;
    }
    assert!(cases >= 12, "{cases} cases");
}
