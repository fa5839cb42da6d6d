//! Command sessions, as a user would type them: `tests/commands/*.trycmd`. They are documentation too.
//! `TRYCMD=overwrite cargo test --test commands` rewrites the expected output; read the diff.

#[test]
fn sessions() {
    trycmd::TestCases::new().case("tests/commands/*.trycmd");
}
