//! The program: reads the arguments, hands them to a subcommand, turns its outcome into text and an exit status.

mod cli;
mod commands;

use std::process::ExitCode;

use clap::Parser;

/// Tera and the HCL parser make many small things: a sixth of the instructions of a run were the C library's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(refusal) => {
            // clap's own status for a bad argument is 2, which `check` keeps for a stale directory.
            let status = if refusal.use_stderr() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
            // Nothing can be said when the terminal itself is gone.
            let _ = refusal.print();
            return status;
        }
    };
    match commands::run(&cli.command) {
        Ok(status) => status,
        Err(failure) => {
            commands::say(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}
