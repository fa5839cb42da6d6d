//! Simulated providers for tests that run an engine themselves, step by step.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::{env, fs};

use serde_json::Value;

/// Running providers; they end with this.
pub struct Simulation(Child, String);

impl Simulation {
    pub fn of(providers: &[&str]) -> Simulation {
        let built = env::current_exe().unwrap();
        let program = built.ancestors().nth(2).unwrap().join("examples/simulate");
        let mut child = Command::new(&program)
            .args(providers)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} (built by `cargo test`): {error}", program.display()));
        let mut reattach = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut reattach).unwrap();
        Simulation(child, reattach.trim().to_owned())
    }

    /// Runs the engine in a directory; anything but success fails the test.
    pub fn run(&self, engine: &Path, directory: &Path, arguments: &[&str]) -> Vec<u8> {
        let output = self.output(engine, directory, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Runs the engine where it is to fail; all that it says.
    pub fn refused(&self, engine: &Path, directory: &Path, arguments: &[&str]) -> String {
        let output = self.output(engine, directory, arguments);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(!output.status.success(), "{arguments:?}: {said}");
        said
    }

    fn output(&self, engine: &Path, directory: &Path, arguments: &[&str]) -> Output {
        Command::new(engine)
            .args(arguments)
            .current_dir(directory)
            .env("TF_REATTACH_PROVIDERS", &self.1)
            .envs([
                ("TF_CLI_CONFIG_FILE", "/dev/null"),
                ("CHECKPOINT_DISABLE", "1"),
                ("TF_IN_AUTOMATION", "1"),
            ])
            .output()
            .unwrap()
    }

    /// The plan of a directory as JSON, whatever its backend.
    pub fn plan(&self, engine: &Path, directory: &Path) -> Value {
        fs::write(directory.join("local_override.tf"), "terraform {\n  backend \"local\" {}\n}\n").unwrap();
        self.run(engine, directory, &["init", "-input=false"]);
        self.run(engine, directory, &["plan", "-input=false", "-out=plan.bin"]);
        serde_json::from_slice(&self.run(engine, directory, &["show", "-json", "plan.bin"])).unwrap()
    }
}

impl Drop for Simulation {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
