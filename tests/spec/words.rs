//! What a spec may say, and the exact words for what it may not: each `tests/spec/*.toml` with its report beside it.
//! `SNAPSHOTS=overwrite cargo test --test suite spec::words` writes the reports anew.

use std::fs;
use std::path::{Path, PathBuf};

use snapbox::{Data, assert_data_eq};
use tierform::diagnostic::render;
use tierform::spec::{Backend, Cloud, LARGEST, Machines, NAME_MAX, Spec, Tier, Unreadable, load, read};

const SAMPLE: &str = include_str!("sample.toml");
const FULL: &str = include_str!("full.toml");

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec")
}

/// What the user sees of a text.
fn report(text: &str) -> String {
    render(&read(text).problems, "coder.toml", text, false)
}

fn good(text: &str) -> Spec {
    match read(text).good() {
        Ok(spec) => spec,
        Err(problems) => panic!("{}", render(&problems, "coder.toml", text, false)),
    }
}

#[test]
fn every_case_has_its_report() {
    let mut cases = 0;
    for entry in fs::read_dir(directory()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = fs::read_to_string(&path).unwrap();
            assert_data_eq!(report(&text), Data::read_from(&path.with_extension("txt"), None).raw());
            cases += 1;
        }
    }
    assert!(cases >= 15, "{cases} cases");
}

/// Each value of the list stands alone in an otherwise good spec; an accepted one has an empty report.
#[test]
fn every_value_has_its_report() {
    let mut out = String::new();
    for line in fs::read_to_string(directory().join("values.list")).unwrap().lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (path, value) = line.split_once(" = ").unwrap();
        let text = with(SAMPLE, path, value);
        let problems = read(&text).problems;
        out += &format!("{line}\n");
        for problem in problems {
            let place = problem.span.map_or("", |span| &text[span]);
            out += &format!("    error: {}\n     at {place:?}\n", problem.message);
            out += &problem.note.map_or(String::new(), |note| format!("    note: {note}\n"));
            out += &problem.help.map_or(String::new(), |help| format!("    help: {help}\n"));
        }
        out.push('\n');
    }
    assert_data_eq!(out, Data::read_from(&directory().join("values.txt"), None).raw());
}

/// The text with one key set (dotted, as TOML), in place of the line that sets it now.
fn with(text: &str, path: &str, value: &str) -> String {
    let (table, key) = path.rsplit_once('.').unwrap_or(("", path));
    let mut out = String::new();
    let mut here = String::new();
    let mut done = false;
    for line in text.lines() {
        if let Some(header) = line.strip_prefix('[') {
            if here == table && !done {
                out += &format!("{key} = {value}\n");
                done = true;
            }
            here = header.split(']').next().unwrap_or_default().to_owned();
        }
        let sets = here == table && line.split('=').next().is_some_and(|left| left.trim() == key);
        if !sets {
            out += line;
            out.push('\n');
        }
    }
    match (done, here == table) {
        (true, _) => out,
        (false, true) => out + &format!("{key} = {value}\n"),
        (false, false) => out + &format!("[{table}]\n{key} = {value}\n"),
    }
}

#[test]
fn many_mistakes_are_reported_at_once_and_by_place() {
    let problems = read(include_str!("at_once.toml")).problems;
    assert!(problems.len() >= 15, "{} problems", problems.len());
    let places: Vec<usize> =
        problems.iter().map(|problem| problem.span.as_ref().map_or(usize::MAX, |span| span.start)).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn the_sample_is_read_as_written() {
    let spec = good(SAMPLE);
    assert_eq!(spec.name.get_ref(), "acme-coder");
    assert_eq!(&SAMPLE[spec.name.span()], "\"acme-coder\"");
    assert_eq!(*spec.tier.unwrap().get_ref(), Tier::K1);
    assert_eq!(*spec.cloud.get_ref(), Cloud::Gcp);
    assert_eq!(spec.region.get_ref(), "us-central1");
    assert_eq!(spec.access.hostname.get_ref(), "coder.acme.dev");
    assert_eq!(spec.gcp.unwrap().project.get_ref(), "acme-prod");
    assert_eq!(spec.machines, Machines::Published);
    assert!(spec.tags.is_empty() && spec.output.is_none() && spec.network.zones.is_none());
    assert_eq!(spec.state.backend, Backend::Local);
}

#[test]
fn every_supported_key_reaches_the_spec() {
    let spec = good(FULL);
    let shown = format!("{spec:?}");
    // What only other clouds have is tested in spec_clouds.
    let shown = ["existing: None", "aws: None", "azure: None"]
        .iter()
        .fold(shown, |shown, other| shown.replace(other, ""));
    assert!(!shown.contains("None"), "{shown}");
    assert_eq!(spec.tier_revision.unwrap().into_inner(), 1);
    assert_eq!(spec.machines, Machines::Current);
    assert_eq!(spec.load.api_rps.unwrap().into_inner(), 300);
    assert_eq!(spec.output.unwrap().get_ref(), "platform/coder");
    let tags: Vec<(&str, &str)> =
        spec.tags.iter().map(|(key, value)| (key.as_str(), value.get_ref().as_str())).collect();
    assert_eq!(tags, [("team", "platform"), ("cost-center", "42")], "in the order written");
    assert_eq!(spec.access.hostname.get_ref(), "coder.acme.dev");
    assert_eq!(spec.coderd.memory_gb.unwrap().into_inner(), 16);
    assert_eq!(spec.provisioners.vcpus_each.unwrap().into_inner(), 0.5);
    assert_eq!(spec.provisioners.memory_gb_each.unwrap().into_inner(), 1.0, "an integer is a number");
    assert_eq!(spec.workspaces.volume_gb.unwrap().into_inner(), 0);
    let [us, eu] = &spec.clusters[..] else { panic!("{} clusters", spec.clusters.len()) };
    assert_eq!((us.name.get_ref().as_str(), *us.share.get_ref()), ("us", 0.7));
    assert_eq!(us.workspaces.per_node.as_ref().unwrap().get_ref(), &8, "its own");
    assert_eq!(us.workspaces.nodes_max.as_ref().unwrap().get_ref(), &128, "the table's");
    assert_eq!(
        (eu.cloud.get_ref(), eu.region.get_ref().as_str()),
        (&Cloud::Gcp, "europe-west4"),
        "the spec's cloud"
    );
    assert_eq!(eu.workspaces.memory_gb.as_ref().unwrap().get_ref(), &4.0, "an integer is a number");
    assert_eq!(spec.database.storage_gb.unwrap().into_inner(), 1000);
    assert!(spec.database.high_availability.unwrap().into_inner());
    assert_eq!(spec.network.cidr.unwrap().get_ref().to_string(), "10.64.0.0/12");
    let zones: Vec<String> =
        spec.network.zones.unwrap().into_inner().into_iter().map(|zone| zone.into_inner()).collect();
    assert_eq!(zones, ["us-central1-b", "us-central1-a"]);
    assert_eq!(spec.network.allowed_cidrs.len(), 2);
    assert_eq!(spec.state.backend, Backend::Gcs);
    let arguments: Vec<&str> = spec.state.arguments.keys().map(String::as_str).collect();
    assert_eq!(arguments, ["prefix", "bucket"], "in the order written, without `backend`");
}

#[test]
fn every_backend_takes_its_own_arguments() {
    for (state, flags) in [
        ("backend = \"local\"\npath = \"state/coder.tfstate\"", 0),
        (
            "backend = \"gcs\"\nbucket = \"acme\"\nprefix = \"a/b\"\nimpersonate_service_account = \"x@y.z\"",
            0,
        ),
        (
            "backend = \"s3\"\nbucket = \"acme\"\nkey = \"k\"\nregion = \"us-east-1\"\nuse_lockfile = true\nprofile = \"p\"",
            1,
        ),
        (
            "backend = \"azurerm\"\nresource_group_name = \"rg\"\nstorage_account_name = \"acme\"\n\
             container_name = \"tfstate\"\nkey = \"k\"\nuse_azuread_auth = true\nuse_oidc = false",
            2,
        ),
    ] {
        let spec = good(&format!("{SAMPLE}\n[state]\n{state}\n"));
        assert_eq!(spec.state.arguments.len(), state.lines().count() - 1, "{state}");
        assert_eq!(
            spec.state.arguments.keys().filter(|key| spec.state.is_flag(key)).count(),
            flags,
            "{state}"
        );
    }
}

#[test]
fn a_spec_with_mistakes_still_serves_the_later_steps_but_is_not_good() {
    let text = with(&with(SAMPLE, "name", "\"-\""), "coderd.replicas", "5");
    let reading = read(&text);
    assert_eq!(reading.spec.as_ref().unwrap().coderd.replicas.as_ref().unwrap().get_ref(), &5);
    assert_eq!(reading.good().unwrap_err().len(), 1);
    assert!(read(&with(SAMPLE, "tier", "\"5k\"")).spec.is_none(), "nothing to size");
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_are_no_mistakes() {
    good(&format!("\u{feff}{}", SAMPLE.replace('\n', "\r\n")));
    let shown = report(&with(SAMPLE, "name", "\"X\"").replace('\n', "\r\n"));
    assert!(!shown.contains('\r') && !shown.contains('␍'), "{shown}");
}

#[test]
fn the_longest_name_is_the_one_that_fits_every_suffix() {
    assert_eq!(NAME_MAX, 19);
    good(&with(SAMPLE, "name", &format!("\"{}\"", "a".repeat(NAME_MAX))));
    assert_eq!(read(&with(SAMPLE, "name", &format!("\"{}\"", "a".repeat(NAME_MAX + 1)))).problems.len(), 1);
}

#[test]
fn hostile_sizes_are_bounded() {
    let many: String = (0..10_000).map(|n| format!("k{n} = 1\n")).collect();
    let shown = report(&many);
    assert_eq!(shown.matches("is not a key of the spec").count(), 50);
    assert!(shown.contains("the first 50 are shown"), "{shown}");
    let text = format!("x = {}", "[".repeat(500_000));
    assert!(report(&text).contains("nests lists or tables too deeply"), "{}", report(&text));
    let text = format!("{}.a = 1\n", "a.".repeat(30_000).trim_end_matches('.'));
    assert!(report(&text).contains("too many parts between dots"), "{}", report(&text));
    let text = format!("name = \"{}\"\n", "a".repeat(1_000_000));
    assert!(report(&text).len() < 10_000);
    let text = "=\n".repeat(500_000);
    assert_eq!(read(&text).problems.len(), 1, "the first one says enough");
    let text = format!("[network]\nallowed_cidrs = [{}]", "\"10.0.0.0/8\",".repeat(70_000));
    assert!(report(&text).len() < 100_000);
    let apart: String = (0..20_000).map(|n| format!("\"10.{}.{}.0/24\",", n / 256, n % 256)).collect();
    let inside = format!("[network]\nallowed_cidrs = [{apart}\"10.0.0.0/30\"]");
    assert!(report(&inside).contains("\"10.0.0.0/30\", which lies inside \"10.0.0.0/24\""));
}

#[test]
fn a_file_that_cannot_be_a_spec_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("coder.toml");
    let why = |path: &Path| {
        load(path).unwrap_err().to_string().replace(&directory.path().display().to_string(), "DIR")
    };
    assert_eq!(
        why(&path),
        "there is no spec at DIR/coder.toml; name it as in `tierform generate PATH`, or write one with `tierform init`"
    );
    assert_eq!(why(directory.path()), "DIR is a directory; name the spec in it, as in DIR/coder.toml");
    fs::write(&path, b"name = \"acme\"\nregion = \"\xff\"\n").unwrap();
    assert_eq!(
        why(&path),
        "DIR/coder.toml is not UTF-8: line 2 has the byte 0xff at column 11; save the file as UTF-8"
    );
    fs::write(&path, b"name = \"acme\"\ntier = \"\xe2\x82").unwrap();
    assert!(why(&path).contains("line 2 has the byte 0xe2 at column 9"), "cut in a character");
    let file = fs::File::create(&path).unwrap();
    file.set_len(10_000_000).unwrap();
    assert_eq!(why(&path), "DIR/coder.toml is larger than 1024 KiB, so it is no spec; name a coder.toml");
    file.set_len(LARGEST).unwrap();
    assert_eq!(load(&path).unwrap().len() as u64, LARGEST);
    assert!(matches!(load(&path.join("x")), Err(Unreadable::Refused { .. })));
}
