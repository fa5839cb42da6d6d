//! Simulated providers for a judge that runs the engine itself: prints the value of `TF_REATTACH_PROVIDERS` and serves until
//! standard input ends. The names of the providers are the arguments, such as `random`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let providers: Vec<String> = std::env::args().skip(1).collect();
    match tierform::rehearse::serve(&providers, |reattach| println!("{reattach}")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
