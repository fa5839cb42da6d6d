//! `tierform init`: a first coder.toml, from the flags and, at a terminal, from what a person answers.

use std::fs::OpenOptions;
use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;

use tierform::catalog;
use tierform::init::begin;
use tierform::spec::{self, Cloud, Values};

use super::{Failure, say, told};
use crate::cli::Init;

pub fn run(arguments: &Init) -> Result<ExitCode, Failure> {
    let path = &arguments.out;
    // Told before anybody is asked anything; the file is made new below all the same.
    if path.symlink_metadata().is_ok() {
        return Err(refused(format!(
            "{} is there already, and is never overwritten; name another file with --out",
            path.display()
        )));
    }
    let has_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
    let begun = match has_terminal {
        true => answered(arguments, Some((&mut io::stdin().lock(), &mut io::stderr()))),
        false => answered::<io::Empty, io::Sink>(arguments, None),
    }?;
    let made = OpenOptions::new().write(true).create_new(true).open(path);
    let written = made.and_then(|mut file| file.write_all(begun.text.as_bytes()));
    written.map_err(|reason| refused(format!("{} could not be written: {reason}", path.display())))?;
    match begun.left.as_slice() {
        [] => say(&format!(
            "wrote {}; `tierform generate {}` makes the directory",
            path.display(),
            path.display()
        )),
        left => {
            say(&format!("wrote {}; still to be filled in, as its first lines say:", path.display()));
            left.iter().for_each(|what| say(&format!("- {what}")));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn refused(sentence: String) -> Failure {
    Failure::Spec(format!("error: {sentence}"))
}

/// The spec from the flags and, where there is a terminal, from what its person answers to what the flags leave open.
fn answered<I: BufRead, O: Write>(
    arguments: &Init,
    mut terminal: Option<(&mut I, &mut O)>,
) -> Result<tierform::init::Begun, Failure> {
    let mut typed: Vec<(String, String)> = Vec::new();
    let mut flag = |key: &str, value: Option<&str>| {
        typed.extend(value.map(|value| (key.to_owned(), value.to_owned())));
    };
    flag("name", arguments.name.as_deref());
    flag("tier", arguments.tier.map(spec::Tier::as_str));
    flag("cloud", arguments.cloud.map(Cloud::as_str));
    flag("region", arguments.region.as_deref());
    flag("access.url", arguments.url.as_deref());
    typed.extend(arguments.set.iter().cloned());

    let given = |typed: &[(String, String)], key: &str| {
        typed.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.clone())
    };
    // What a cloud calls things depends on it, so it is the first question.
    let named = match (given(&typed, "cloud"), &mut terminal) {
        (Some(cloud), _) => cloud,
        (None, Some((input, output))) => {
            let cloud = ask(input, output, "the cloud: gcp, aws or azure", |typed| {
                spec::literal(Cloud::Gcp, "cloud", typed).map(|_| ())
            })?;
            typed.push(("cloud".to_owned(), cloud.clone()));
            cloud
        }
        (None, None) => {
            return Err(refused(
                "without a terminal to ask at, --cloud is needed: gcp, aws or azure".to_owned(),
            ));
        }
    };
    let Some(cloud) = Cloud::ALL.into_iter().find(|cloud| cloud.as_str() == named) else {
        return Err(refused("the cloud is gcp, aws or azure".to_owned()));
    };
    let has_load = typed.iter().any(|(key, _)| key.starts_with("load."));
    if let Some((input, output)) = &mut terminal {
        for needed in spec::needed(cloud) {
            let path = needed.path.as_str();
            if given(&typed, path).is_some() || path == "tier" && has_load {
                continue;
            }
            let question = format!("{} ({path}), such as {}", needed.means, needed.example);
            let answer =
                ask(input, output, &question, |typed| spec::literal(cloud, path, typed).map(|_| ()))?;
            typed.push((path.to_owned(), answer));
        }
    }
    if given(&typed, "tier").is_none() && !has_load {
        return Err(refused(
            "without a terminal to ask at, --tier is needed: 1k, 2k, 3k or 10k; or a load, as --set load.users=800".to_owned(),
        ));
    }
    if given(&typed, "region").is_none() {
        typed.push(("region".to_owned(), catalog::list_region(cloud).to_owned()));
    }
    let mut values = Values::new();
    for (key, value) in &typed {
        values.insert(key.clone(), spec::literal(cloud, key, value).map_err(refused)?);
    }
    begin(cloud, &values).map_err(|problems| told(&problems))
}

/// Asks until the answer passes; the end of the input ends everything.
fn ask(
    input: &mut impl BufRead,
    output: &mut impl Write,
    question: &str,
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<String, Failure> {
    loop {
        // Who cannot read the question cannot be told so either.
        let _ = write!(output, "{question}: ").and_then(|()| output.flush());
        let mut line = String::new();
        match input.read_line(&mut line) {
            Ok(read) if read > 0 => {}
            _ => return Err(refused("nobody answered, so nothing was written".to_owned())),
        }
        let answer = line.trim();
        match check(answer) {
            Ok(()) => return Ok(answer.to_owned()),
            Err(why) => drop(writeln!(output, "{why}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    fn init(arguments: &[&str]) -> Init {
        let line = ["tierform", "init"].iter().chain(arguments);
        match Cli::try_parse_from(line).unwrap().command {
            Command::Init(init) => init,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_person_is_asked_for_what_the_flags_leave_open_until_it_passes() {
        let mut input =
            "aws2\naws\nX\nacme\n5k\n1k\nus-east-1\nhttp://x\nhttps://coder.acme.dev\n".as_bytes();
        let mut output = Vec::new();
        let begun = answered(
            &init(&["--set", "access.dns_zone=Z0123456789ABCDEFGHIJ"]),
            Some((&mut input, &mut output)),
        );
        let begun = begun.unwrap();
        assert_eq!(begun.left, Vec::<String>::new());
        assert!(tierform::compile(&begun.text).is_ok(), "{}", begun.text);
        let output = String::from_utf8(output).unwrap();
        assert_eq!(output.matches("the cloud: ").count(), 2, "{output}");
        assert!(output.contains("is not https") || output.contains("not https"), "{output}");
        assert!(output.contains("`tier` takes"), "{output}");
    }

    #[test]
    fn whoever_answers_nothing_gets_nothing() {
        let mut input = "gcp\n".as_bytes();
        let failure = answered(&init(&[]), Some((&mut input, &mut Vec::new()))).unwrap_err();
        assert_eq!(failure.to_string(), "error: nobody answered, so nothing was written");
    }
}
