//! `docs/clouds.md` is what the program makes of its own plans. `BLESS=1 cargo test --test suite sizing::comparison` rewrites it, and fails all
//! the same: look at the diff, then run it again.

use std::fs;
use std::path::Path;

use snapbox::assert_data_eq;

#[test]
fn the_page_is_what_the_plans_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/clouds.md");
    let page = tierform::comparison::page().unwrap();
    let written = fs::read_to_string(&path).unwrap_or_default();
    if std::env::var_os("BLESS").is_some() && written != page {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
        panic!("docs/clouds.md is written anew: read its diff, then run this again");
    }
    assert_data_eq!(page, written);
}
