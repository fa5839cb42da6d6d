//! The layout pass is `terraform fmt` and never changes more than white space: shown on files that hold every rule,
//! on random HCL, and against a real engine where there is one.

mod engine;
mod grammar;
mod scan;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::select;
use tierform::layout::format;

/// The files of `tests/output/layout`, `templates` and `examples` that `terraform fmt` would format.
fn corpus() -> Vec<(PathBuf, String)> {
    fn collect(directory: &Path, files: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(directory).expect("a readable directory") {
            let path = entry.expect("a readable directory").path();
            if path.is_dir() {
                collect(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "tf" || extension == "tfvars") {
                let text = fs::read_to_string(&path).expect("a readable file in UTF-8");
                files.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for directory in ["tests/output/layout", "templates", "examples"].map(|directory| root.join(directory)) {
        if directory.is_dir() {
            collect(&directory, &mut files);
        }
    }
    files.sort();
    files
}

/// Spoils white space in several ways, from none to very badly.
fn spoilt(text: &str) -> Vec<String> {
    let choices: Vec<u8> = (0..=250).map(|index: u8| index.wrapping_mul(113) >> 3).collect();
    vec![
        text.to_owned(),
        scan::flatten(text),
        scan::scramble(text, &choices),
        scan::scramble(text, &choices[7..]),
    ]
}

#[test]
fn the_corpus_is_laid_out() {
    for (path, text) in corpus() {
        assert_eq!(format(&text), text, "{}", path.display());
    }
}

#[test]
fn the_corpus_comes_back_however_it_was_spoilt() {
    for (path, text) in corpus() {
        for spoilt in spoilt(&text) {
            assert_eq!(
                scan::solid(&spoilt),
                scan::solid(&text),
                "spoiling {} changed tokens",
                path.display()
            );
            assert_eq!(format(&spoilt), text, "{}", path.display());
        }
    }
}

#[test]
fn an_engine_lays_the_corpus_out_alike() {
    let Some(engine) = engine::Engine::find() else { return };
    let texts: Vec<String> = corpus().iter().flat_map(|(_, text)| spoilt(text)).collect();
    for (text, theirs) in texts.iter().zip(engine.format(&texts)) {
        assert_eq!(format(text), theirs, "of\n{text}");
    }
}

proptest! {
    // Each case is a directory of files and two runs of the engine, so few will do; PROPTEST_CASES asks for more.
    #![proptest_config(ProptestConfig {
        cases: 8,
        max_shrink_iters: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn an_engine_lays_random_hcl_out_alike(
        files in prop::collection::vec((grammar::file(), any::<[u8; 32]>()), 30),
    ) {
        let Some(engine) = engine::Engine::find() else { return Ok(()) };
        let texts: Vec<String> = files
            .into_iter()
            .flat_map(|(text, choices)| [scan::scramble(&text, &choices), text])
            .collect();
        for (text, theirs) in texts.iter().zip(engine.format(&texts)) {
            // The one thing that we do and engines leave: fold blank lines. Our result must be theirs already.
            let ours = format(text);
            let mut lines = without_blank_lines(&ours).zip(without_blank_lines(&theirs));
            let differs = lines.find(|(our_line, their_line)| our_line != their_line);
            prop_assert_eq!(differs, None, "ours and theirs, of\n{}", text);
        }
        let ours: Vec<String> = texts.iter().map(|text| format(text)).collect();
        prop_assert_eq!(engine.format(&ours), ours);
    }
}

fn without_blank_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_hcl_keeps_its_tokens(text in grammar::file(), choices: [u8; 32]) {
        let spoilt = scan::scramble(&text, &choices);
        prop_assert_eq!(scan::solid(&spoilt), scan::solid(&text));
        let done = format(&spoilt);
        prop_assert_eq!(scan::solid(&done), scan::solid(&text));
        prop_assert_eq!(&format(&done), &done);
    }

    #[test]
    fn any_text_is_safe(text in any::<String>()) {
        safe(&text)?;
    }

    #[test]
    fn any_mix_of_fragments_is_safe(fragments in prop::collection::vec(fragment(), 0..40)) {
        safe(&fragments.concat())?;
    }
}

/// A piece of HCL, or of what looks like it.
fn fragment() -> impl Strategy<Value = &'static str> {
    select(vec![
        "a",
        "in",
        "é",
        "1",
        "0",
        "e5",
        "1.5",
        "=",
        "==",
        "=>",
        "!",
        "!=",
        "<",
        "<=",
        ">",
        "-",
        "+",
        "/",
        "*",
        "%",
        "?",
        ":",
        "::",
        ".",
        "...",
        ",",
        "&&",
        "||",
        "&",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "${",
        "%{",
        "~",
        "${~",
        "~}",
        "$$",
        "\"",
        "\"a\"",
        "\"a${",
        "}b\"",
        "\\",
        "<<E\n",
        "<<-E\n",
        "\nE\n",
        "E",
        "#",
        "# c",
        "//",
        "/*",
        "*/",
        "/* c */",
        "\n",
        "\n\n",
        "\r",
        "\r\n",
        " ",
        "  ",
        "\t",
        "\u{feff}",
        "\u{a0}",
        "\u{301}",
        "'",
        ";",
        "\0",
        "日本",
        "a = 1\n",
        "b {\n",
        "}\n",
        "x = <<E\n a ${",
        "}\nE\n",
    ])
}

/// What holds for every text: no panic, no letter lost, and formatting twice changes nothing.
fn safe(text: &str) -> Result<(), TestCaseError> {
    let done = format(text);
    prop_assert_eq!(&format(&done), &done, "twice");
    let letters = |text: &str| -> String {
        text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\u{feff}').collect()
    };
    prop_assert_eq!(letters(&done), letters(text));
    Ok(())
}
