//! The real `terraform fmt`, or `tofu fmt`, over many files at once.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs, io};

/// A formatter to compare with.
pub struct Engine {
    program: PathBuf,
}

impl Engine {
    /// The engine that `TIERFORM_ENGINE` names, or the first of terraform and tofu on PATH. Without one it says so
    /// on stderr, and in CI it fails.
    pub fn find() -> Option<&'static Engine> {
        static ENGINE: LazyLock<Option<Engine>> = LazyLock::new(|| {
            let answers = |program: &PathBuf| Engine::command(program).arg("version").output().is_ok();
            if let Some(named) = env::var_os("TIERFORM_ENGINE").filter(|name| !name.is_empty()) {
                let program = PathBuf::from(named);
                assert!(
                    answers(&program),
                    "TIERFORM_ENGINE names {}, which does not start",
                    program.display()
                );
                return Some(Engine { program });
            }
            let program = ["terraform", "tofu"].into_iter().map(PathBuf::from).find(answers);
            if program.is_none() {
                assert!(
                    env::var_os("CI").is_none(),
                    "CI compares with a real engine: put terraform or tofu on PATH"
                );
                // Not `eprintln!`, which the test harness hides when the test passes.
                let _ = writeln!(
                    io::stderr(),
                    "skipped: comparing with `terraform fmt` needs terraform or tofu on PATH"
                );
            }
            program.map(|program| Engine { program })
        });
        ENGINE.as_ref()
    }

    fn command(program: &Path) -> Command {
        let mut command = Command::new(program);
        // No look for updates, no configuration of the user's.
        command.env("CHECKPOINT_DISABLE", "1").env("TF_CLI_CONFIG_FILE", "/dev/null");
        command
    }

    /// What the engine makes of each text. Panics with its message if one is not valid HCL.
    pub fn format(&self, texts: &[String]) -> Vec<String> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = |index: usize| directory.path().join(format!("{index}.tf"));
        for (index, text) in texts.iter().enumerate() {
            fs::write(path(index), text).expect("a writable temporary directory");
        }
        let mut command = Engine::command(&self.program);
        let output = command.args(["fmt", "-no-color", "-list=false"]).arg(directory.path()).output();
        let output = output.expect("an engine that starts");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the engine refuses a text:\n{message}");
        let read = |index| fs::read_to_string(path(index)).expect("the file the engine formatted");
        (0..texts.len()).map(read).collect()
    }
}
