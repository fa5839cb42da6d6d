//! A rehearsal touches nothing of the user's: no state, no backend, no program, no network, whatever the files and the environment
//! say. Each test has a real state file or a server on the loopback, and looks whether it was touched or dialled.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tierform::rehearse::report::Report;
use tierform::rehearse::{Error, Options, run};

use crate::support::engines;

/// One resource: all that a rehearsal needs.
const ROOT: &str = "resource \"google_project_service\" \"x\" {\n  project = \"acme\"\n  service = \"compute.googleapis.com\"\n}\n";

/// A state with something in it: an apply would write it, a destroy would empty it.
const STATE: &str = "{\"version\":4,\"terraform_version\":\"1.11.4\",\"serial\":7,\"lineage\":\"3f2b0e4e-0000-4000-8000-000000000000\",\"outputs\":{},\"resources\":[]}";

/// A user's place: a directory `infra`, a real state beside it, and a backend that listens.
struct Place {
    dir: TempDir,
    backend: TcpListener,
}

impl Place {
    fn new(files: &[(&str, &str)]) -> Place {
        let backend = TcpListener::bind("127.0.0.1:0").unwrap();
        backend.set_nonblocking(true).unwrap();
        let place = Place { dir: tempfile::tempdir().unwrap(), backend };
        place.write("real.tfstate", STATE);
        place.write("infra/main.tf", ROOT);
        files.iter().for_each(|(name, text)| place.write(name, text));
        place
    }

    /// Writes a file in which `REAL` stands for the real state's path and `ADDRESS` for the backend's.
    fn write(&self, name: &str, text: &str) {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let address = self.backend.local_addr().unwrap().to_string();
        let text = text.replace("REAL", &self.state().display().to_string()).replace("ADDRESS", &address);
        fs::write(path, text).unwrap();
    }

    fn state(&self) -> PathBuf {
        self.dir.path().join("real.tfstate")
    }

    fn infra(&self) -> PathBuf {
        self.dir.path().join("infra")
    }

    fn rehearse(&self, engine: &Path, more: Options) -> Result<Report, Error> {
        let engine = Some(engine.display().to_string());
        run(&Options { dir: self.infra(), engine, ..more }, &|_| {})
    }

    fn refusal(&self, engine: &Path) -> String {
        self.rehearse(engine, Options::default()).unwrap_err().to_string()
    }

    #[track_caller]
    fn assert_untouched(&self) {
        assert_eq!(fs::read_to_string(self.state()).unwrap(), STATE, "the real state was written");
        let dialled = self.backend.accept().map(|(_, from)| from);
        assert_eq!(dialled.unwrap_err().kind(), ErrorKind::WouldBlock, "the backend was dialled");
        let entries = fs::read_dir(self.dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let odd: Vec<_> = entries.filter(|name| name.to_string_lossy().contains(".backup")).collect();
        assert!(odd.is_empty(), "{odd:?}");
    }
}

const LOCAL: &str = "terraform {\n  backend \"local\" {\n    path = \"REAL\"\n  }\n}\n";
const HTTP: &str = "terraform {\n  backend \"http\" {\n    address = \"http://ADDRESS/state\"\n  }\n}\n";
const CLOUD: &str = "terraform {\n  cloud {\n    hostname     = \"ADDRESS\"\n    organization = \"acme\"\n    workspaces {\n      name = \"x\"\n    }\n  }\n}\n";
const HTTP_JSON: &str =
    "{\"terraform\": {\"backend\": {\"http\": {\"address\": \"http://ADDRESS/state\"}}}}\n";

/// Valid, with an operator at a line's start inside a `for`: hcl-edit 0.10 cannot read it.
const ODD: &str = "locals {\n  x = { for k, v in {} : k => v\n    == 1 ? 2 : 3 }\n}\nterraform {\n  backend \"http\" {\n    address = \"http://ADDRESS/\"\n  }\n}\n";

#[test]
fn no_backend_is_used_whatever_file_it_stands_in() {
    // With a byte order mark, and a carriage return at every line's end.
    let of_windows = format!("\u{feff}{}", HTTP.replace('\n', "\r\n"));
    let places: [&[(&str, &str)]; 6] = [
        &[
            ("infra/backend.tf", LOCAL),
            ("infra/zz_state_override.tf", LOCAL),
            ("infra/zzz_override.tf", LOCAL),
        ],
        &[("infra/backend.tf", LOCAL), ("infra/override.tf", CLOUD)],
        &[("infra/backend.tf.json", HTTP_JSON)],
        &[("infra/backend.tofu", HTTP), ("infra/zzz_override.tofu", LOCAL)],
        &[("infra/zzz_override.tf.json", HTTP_JSON)],
        &[("infra/of_windows.tf", &of_windows)],
    ];
    for engine in engines::all() {
        for files in places {
            let place = Place::new(files);
            let report = place.rehearse(&engine, Options::default()).unwrap();
            assert!(report.is_clean(), "{files:?}: {}", report.to_text());
            place.assert_untouched();
        }
    }
}

#[test]
fn no_variable_of_the_environment_leads_the_engine_elsewhere() {
    for engine in engines::all() {
        let place = Place::new(&[]);
        let real = place.state();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tierform"));
        command.arg("rehearse").arg(place.infra()).arg("--engine").arg(&engine);
        let state = format!("-state={}", real.display());
        let environment = [
            ("TF_CLI_ARGS", "-no-such-flag"),
            ("TF_CLI_ARGS_apply", state.as_str()),
            ("TF_CLI_ARGS_destroy", state.as_str()),
            ("TF_CLI_ARGS_init", "-from-module=./elsewhere"),
            ("TF_WORKSPACE", "production"),
            ("TF_DATA_DIR", "/nonexistent/data"),
            ("TF_LOG_PATH", "/nonexistent/log"),
            ("TF_REATTACH_PROVIDERS", "{}"),
            ("TF_ENCRYPTION", "no encryption"),
            ("TF_CLOUD_ORGANIZATION", "acme"),
        ];
        let output = command.envs(environment).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&output.stderr));
        place.assert_untouched();
    }
}

#[test]
fn another_state_is_read_only_when_that_is_allowed() {
    let remote = "data \"terraform_remote_state\" \"x\" {\n  backend = \"http\"\n  config = {\n    address = \"http://ADDRESS/state\"\n  }\n}\n";
    let json = "{\"data\": {\"terraform_remote_state\": {\"x\": {\"backend\": \"local\", \"config\": {\"path\": \"REAL\"}}}}}\n";
    for engine in engines::all() {
        for (name, text) in [("infra/data.tf", remote), ("infra/data.tf.json", json)] {
            let place = Place::new(&[(name, text)]);
            let file = name.trim_start_matches("infra/");
            assert_eq!(
                place.refusal(&engine),
                format!(
                    "A rehearsal would have to fetch from elsewhere what this configuration names: data \
                     \"terraform_remote_state\" \"x\" in {file}. Nothing was dialled. Pass --allow-network to let the engine \
                     fetch modules and read other states."
                )
            );
            place.assert_untouched();
        }
        let place = Place::new(&[("infra/data.tf.json", json)]);
        let report = place.rehearse(&engine, Options { allow_network: true, ..Options::default() }).unwrap();
        assert!(report.is_clean(), "{}", report.to_text());
        place.assert_untouched();
    }
}

#[test]
fn modules_from_elsewhere_are_named_and_not_fetched() {
    let git = "module \"x\" {\n  source = \"git::http://ADDRESS/x.git\"\n}\n";
    let registry = "module \"y\" {\n  source  = \"ADDRESS/acme/x/google\"\n  version = \"1.0.0\"\n}\n";
    for engine in engines::all() {
        let place = Place::new(&[
            ("infra/x.tf", git),
            ("infra/own.tf", "module \"own\" {\n  source = \"./own\"\n}\n"),
            ("infra/own/y.tf", registry),
        ]);
        let refusal = place.refusal(&engine);
        assert!(
            refusal.contains("module \"x\" in x.tf; module \"y\" in own/y.tf. Nothing was dialled."),
            "{refusal}"
        );
        place.assert_untouched();
    }
}

#[test]
fn what_is_fetched_may_not_bring_programs_with_it() {
    let module = format!(
        "{ROOT}resource \"terraform_data\" \"x\" {{\n  provisioner \"local-exec\" {{\n    command = \"touch REAL\"\n  }}\n}}\n"
    );
    for engine in engines::all() {
        let place = Place::new(&[("elsewhere/main.tf", module.as_str())]);
        let call =
            format!("module \"x\" {{\n  source = \"{}\"\n}}\n", place.dir.path().join("elsewhere").display());
        place.write("infra/x.tf", &call);
        let network = || Options { allow_network: true, ..Options::default() };
        let refusal = place.rehearse(&engine, network()).unwrap_err().to_string();
        assert!(
            refusal.contains("\"terraform_data\" \"x\" in .terraform/modules/x/main.tf. Nothing was run."),
            "{refusal}"
        );
        place.write("elsewhere/main.tf", ODD);
        let refusal = place.rehearse(&engine, network()).unwrap_err().to_string();
        assert!(refusal.contains(".terraform/modules/x/main.tf is beyond tierform's parser"), "{refusal}");
        place.write("elsewhere/main.tf", ROOT.replace("compute", "dns").as_str());
        let report = place.rehearse(&engine, network()).unwrap();
        assert_eq!(report.resources["google_project_service"], 2, "{}", report.to_text());
        assert!(report.is_clean(), "{}", report.to_text());
    }
}

#[test]
fn programs_are_named_and_run_only_when_that_is_allowed() {
    let hcl = "resource \"terraform_data\" \"x\" {\n  provisioner \"local-exec\" {\n    command = \"touch MARK\"\n  }\n}\n";
    let json = "{\"resource\": {\"terraform_data\": {\"y\": {\"provisioner\": [{\"local-exec\": {\"command\": \"touch MARK\"}}]}}}}\n";
    for engine in engines::all() {
        let place = Place::new(&[("infra/own.tf", "module \"own\" {\n  source = \"./own\"\n}\n")]);
        let mark = place.dir.path().join("mark");
        let write =
            |name: &str, text: &str| place.write(name, &text.replace("MARK", &mark.display().to_string()));
        write("infra/own/x.tf", hcl);
        write("infra/y.tf.json", json);
        assert_eq!(
            place.refusal(&engine),
            "A rehearsal would run programs of this configuration on this machine: provisioner \"local-exec\" of resource \
             \"terraform_data\" \"y\" in y.tf.json; provisioner \"local-exec\" of resource \"terraform_data\" \"x\" in own/x.tf. \
             Nothing was run. Read them, and pass --allow-programs to let them run."
        );
        assert!(!mark.exists());
        let report = place.rehearse(&engine, Options { allow_programs: true, ..Options::default() }).unwrap();
        assert!(report.is_clean(), "{}", report.to_text());
        assert!(mark.exists());
    }
}

#[test]
fn an_external_data_source_is_a_program_even_where_its_provider_is_real() {
    for engine in engines::all() {
        let external = "data \"external\" \"x\" {\n  program = [\"touch\", \"mark\"]\n}\n";
        let place = Place::new(&[("infra/x.tf", external)]);
        let real = Options { real: vec!["external".to_owned()], ..Options::default() };
        let refusal = place.rehearse(&engine, real).unwrap_err().to_string();
        assert!(refusal.contains("data \"external\" \"x\" in x.tf. Nothing was run."), "{refusal}");
    }
}

#[test]
fn a_file_that_only_the_engine_can_read_is_not_rehearsed() {
    let twice =
        "{\"terraform\": {\"backend\": {\"http\": {\"address\": \"http://ADDRESS/\"}}}, \"terraform\": {}}\n";
    for engine in engines::all() {
        let place = Place::new(&[("infra/odd.tf", ODD)]);
        let refusal = place.refusal(&engine);
        assert!(
            refusal.contains("odd.tf is beyond tierform's parser though the engine can read it"),
            "{refusal}"
        );
        place.assert_untouched();
        let place = Place::new(&[("infra/twice.tf.json", twice)]);
        let report = place.rehearse(&engine, Options::default()).unwrap();
        assert!(
            report.to_text().contains("twice.tf.json is not JSON, or has a key twice"),
            "{}",
            report.to_text()
        );
        assert!(!report.is_clean());
        place.assert_untouched();
    }
}

#[test]
fn a_state_that_would_be_encrypted_is_read_all_the_same() {
    let leaky = "variable \"password\" {\n  type    = string\n  default = \"correct-horse-battery\"\n}\n\
                 resource \"google_secret_manager_secret\" \"x\" {\n  project   = \"acme\"\n  secret_id = \"x\"\n  replication {\n    auto {}\n  }\n}\n\
                 resource \"google_secret_manager_secret_version\" \"x\" {\n  secret                 = google_secret_manager_secret.x.id\n  secret_data_wo         = var.password\n  secret_data_wo_version = 1\n}\n\
                 output \"leak\" {\n  value = var.password\n}\n";
    let encryption = "terraform {\n  encryption {\n    key_provider \"external\" \"x\" {\n      command = [\"touch\", \"mark\"]\n    }\n    method \"aes_gcm\" \"x\" {\n      keys = key_provider.external.x\n    }\n    state {\n      method   = method.aes_gcm.x\n      enforced = true\n    }\n  }\n}\n";
    for engine in engines::all() {
        let place = Place::new(&[("infra/leak.tf", leaky), ("infra/state.tofu", encryption)]);
        let report = place.rehearse(&engine, Options::default()).unwrap();
        let text = report.to_text();
        assert!(text.contains("A secret is in the state."), "{text}");
        assert!(text.contains("note: The copy does without the encryption in state.tofu"), "{text}");
    }
}

#[test]
fn the_copy_is_its_owners_alone() {
    fn modes(path: &Path) -> Vec<(PathBuf, u32)> {
        let mode = fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
        let inside = path.is_dir().then(|| fs::read_dir(path).unwrap()).into_iter().flatten();
        let inside = inside.flat_map(|entry| modes(&entry.unwrap().path()));
        [(path.to_owned(), mode)].into_iter().chain(inside).collect()
    }
    let Some(engine) = engines::all().pop() else { return };
    let place = Place::new(&[("infra/scripts/run.sh", "#!/bin/sh\n"), ("infra/secret.auto.tfvars", "# x\n")]);
    fs::set_permissions(place.infra().join("scripts/run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    let report = place.rehearse(&engine, Options { keep: true, ..Options::default() }).unwrap();
    let kept = report.kept.unwrap();
    let top = kept.parent().unwrap();
    let all = modes(top);
    let of_the_copy = |path: &Path| !path.components().any(|part| part.as_os_str() == ".terraform");
    assert_eq!(all[0].1, 0o700, "{}", top.display());
    for (path, mode) in all.iter().filter(|(path, _)| of_the_copy(path) && path.starts_with(&kept)) {
        let name = path.file_name().unwrap().to_string_lossy();
        let expected = if path.is_dir() || name == "run.sh" { 0o700 } else { 0o600 };
        // What the engine writes has its own mode, and is behind a directory that nobody else may enter.
        assert!(*mode == expected || name.contains(".tfstate"), "{}: {mode:o}", path.display());
    }
    fs::remove_dir_all(top).unwrap();
}

#[test]
fn links_out_of_the_directory_are_named_and_bounded() {
    let Some(engine) = engines::all().pop() else { return };
    let place = Place::new(&[
        ("shared/notes.txt", "x"),
        ("infra/x.tf", "module \"x\" {\n  source = \"../shared/module\"\n}\n"),
        ("shared/module/main.tf", "output \"x\" {\n  value = 1\n}\n"),
    ]);
    symlink(place.dir.path().join("shared"), place.infra().join("data")).unwrap();
    symlink("../infra", place.infra().join("round")).unwrap();
    let error = place.refusal(&engine);
    assert!(error.contains("directories are nested too deeply"), "{error}");
    fs::remove_file(place.infra().join("round")).unwrap();
    let report = place.rehearse(&engine, Options::default()).unwrap();
    assert!(report.is_clean(), "{}", report.to_text());
    let shared = fs::canonicalize(place.dir.path().join("shared")).unwrap();
    for outside in [shared.clone(), shared.join("module")] {
        let note = format!("The copy holds {} too, which lies outside the directory.", outside.display());
        assert!(report.notes.contains(&note), "{:?}", report.notes);
    }
    let large = fs::File::create(place.dir.path().join("shared/large.bin")).unwrap();
    large.set_len(33 << 20).unwrap();
    let error = place.refusal(&engine);
    assert!(
        error.contains("infra/data leads out of the directory to more than 2000 files or 32 MB"),
        "{error}"
    );
    fs::remove_file(place.infra().join("data")).unwrap();
    fs::rename(place.dir.path().join("shared/large.bin"), place.dir.path().join("shared/module/large.bin"))
        .unwrap();
    let error = place.refusal(&engine);
    assert!(error.contains("shared/module leads out of the directory to more than"), "{error}");
}

#[test]
fn a_real_provider_that_nothing_requires_is_an_error() {
    let Some(engine) = engines::all().pop() else { return };
    let place = Place::new(&[]);
    let real = Options { real: vec!["goggle".to_owned()], ..Options::default() };
    assert_eq!(
        place.rehearse(&engine, real).unwrap_err().to_string(),
        "--real goggle: the configuration requires no such provider; it requires hashicorp/google."
    );
}

/// An engine of a few lines of shell, which answers `version` and does `script` for the rest.
fn engine(place: &Path, script: &str) -> PathBuf {
    let path = place.join("terraform");
    let text = format!("#!/bin/sh\ncase $1 in\nversion) echo 'Terraform v1.11.4' ;;\n{script}\nesac\n");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn an_engine_that_has_set_up_a_backend_all_the_same_is_stopped_before_it_plans() {
    let place = Place::new(&[]);
    let script = "init) mkdir .terraform && echo '{\"version\": 3, \"backend\": {\"type\": \"s3\"}}' > .terraform/terraform.tfstate ;;\n\
                  *) touch ../../../mark ;;";
    let refusal = place.refusal(&engine(place.dir.path(), script));
    assert!(
        refusal.contains("init has set up the backend \"s3\". Nothing was planned or applied"),
        "{refusal}"
    );
    let script = "init) mkdir .terraform && echo production > .terraform/environment ;;";
    let refusal = place.refusal(&engine(place.dir.path(), script));
    assert!(refusal.contains("a workspace was selected"), "{refusal}");
}

#[test]
fn a_state_that_is_nowhere_or_locked_up_is_a_finding() {
    let place = Place::new(&[]);
    let report = place.rehearse(&engine(place.dir.path(), "*) true ;;"), Options::default()).unwrap();
    let text = report.to_text();
    assert!(
        text.contains("The state of the copy cannot be read: there is none where the engine was to keep it."),
        "{text}"
    );
    assert!(!report.is_clean());
    let script = "apply) echo '{\"encrypted_data\": \"x\"}' > terraform.tfstate ;;";
    let report = place.rehearse(&engine(place.dir.path(), script), Options::default()).unwrap();
    assert!(report.to_text().contains("The state of the copy cannot be read: it is encrypted."));
    assert!(!report.is_clean());
}

/// Not a test of its own: the process that `a_signal_while_copying_leaves_nothing_behind` interrupts.
#[test]
#[ignore = "run by a_signal_while_copying_leaves_nothing_behind"]
fn copy_until_interrupted() {
    let dir = std::env::var_os("REHEARSE_DIR").expect("set by the test that runs this one");
    let engine = std::env::var("REHEARSE_ENGINE").ok();
    let error = run(&Options { dir: dir.into(), engine, ..Options::default() }, &|_| {}).unwrap_err();
    assert!(matches!(error, Error::Interrupted), "{error}");
}

#[test]
fn a_signal_while_copying_leaves_nothing_behind() {
    let place = Place::new(&[]);
    fs::create_dir(place.infra().join("data")).unwrap();
    for number in 0..4000 {
        fs::write(place.infra().join(format!("data/{number}")), [b'x'; 4096]).unwrap();
    }
    let temporary = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "rehearse::isolation::copy_until_interrupted", "--ignored", "--nocapture"])
        .env("TMPDIR", temporary.path())
        .env("REHEARSE_DIR", place.infra())
        .env("REHEARSE_ENGINE", engine(place.dir.path(), "*) sleep 60 ;;"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let is_copying = || {
        let copies = fs::read_dir(temporary.path()).unwrap().flatten();
        copies.map(|copy| copy.path().join("copy/data")).any(|data| data.is_dir())
    };
    while !is_copying() {
        assert!(started.elapsed() < Duration::from_secs(60), "the copying did not begin");
        std::thread::sleep(Duration::from_millis(1));
    }
    kill_process(Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap(), Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
    let left: Vec<_> = fs::read_dir(temporary.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
