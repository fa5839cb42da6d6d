//! What the README gives for CI, run as it stands there: red as long as a conflict is open, green before and after.

use std::fs;
use std::path::Path;

use super::checkouts::{commit, git, run, tierform};
use crate::support::engines::skip;

const README: &str = include_str!("../../README.md");

/// The README's YAML that starts with this comment.
fn block(title: &str) -> &'static str {
    let block = README.split("```yaml\n").find(|block| block.starts_with(title));
    block.unwrap_or_else(|| panic!("the README has no {title}")).split("```").next().unwrap()
}

/// The lines below `key` in a block, without their indentation and `- `.
fn script(block: &str, key: &str) -> String {
    let lines = block.lines().skip_while(|line| !line.trim().starts_with(key)).skip(1);
    lines.map(|line| format!("{}\n", line.trim_start().trim_start_matches("- "))).collect()
}

/// What a runner does: a script in bash that ends with the first command that fails.
fn runs(at: &Path, script: &str) -> (i32, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_tierform")).parent().unwrap().display();
    let script = format!("PATH='{program}':$PATH\nexport CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main\n{script}");
    let (status, stdout, stderr) = run("bash", at, &["-e", "-c", &script]);
    (status, stdout + &stderr)
}

#[test]
fn what_the_readme_gives_for_ci_is_red_until_a_conflict_is_settled() {
    if run("sh", Path::new("/"), &["-c", "command -v jq"]).0 != 0 {
        assert!(std::env::var_os("CI").is_none(), "CI runs the README's step, which needs jq");
        return skip("jq is not on PATH, so the README's step for GitHub is not run");
    }
    let github = script(block("# GitHub Actions"), "run: |");
    let gitlab = script(block("# .gitlab-ci.yml"), "script:");
    let hook =
        block("# .pre-commit-config.yaml").lines().find_map(|line| line.trim().strip_prefix("entry: "));
    let hook = hook.unwrap();
    assert!(github.contains("jq") && gitlab.contains("tierform check\n"), "{github}{gitlab}");

    let temp = tempfile::tempdir().unwrap();
    let at = temp.path();
    fs::write(at.join("coder.toml"), include_str!("../../examples/gcp-1k/coder.toml")).unwrap();
    assert_eq!(tierform(at, &["generate"]).0, 0);
    commit(at);
    // The branch that a merge request goes into.
    git(at, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    let program = Path::new(env!("CARGO_BIN_EXE_tierform")).parent().unwrap().display();
    let script = format!("#!/bin/sh\nPATH='{program}':$PATH\nexec {hook}\n");
    fs::write(at.join(".git/hooks/pre-commit"), script).unwrap();
    assert_eq!(run("chmod", at, &["+x", ".git/hooks/pre-commit"]).0, 0);
    // What each of them says, and whether a commit goes through.
    let statuses = |at: &Path| {
        git(at, &["add", "--all"]);
        let committed = run("git", at, &["commit", "--quiet", "--allow-empty", "--message", "More of it"]).0;
        [runs(at, &github).0, runs(at, &gitlab).0, runs(at, hook).0, committed]
    };
    assert_eq!(statuses(at), [0, 0, 0, 0]);

    // Both change a line, and tierform changes others besides.
    let values = at.join("infra/terraform.tfvars");
    let text = fs::read_to_string(&values).unwrap();
    fs::write(&values, text.replacen("\"n4-standard-2\"", "\"n4-highmem-2\"", 1)).unwrap();
    let spec = fs::read_to_string(at.join("coder.toml")).unwrap();
    fs::write(at.join("coder.toml"), spec + "\n[coderd]\nmachine = \"n4-standard-8\"\nreplicas = 4\n")
        .unwrap();
    for _ in 0..2 {
        assert_eq!(tierform(at, &["generate"]).0, 3);
        assert_eq!(statuses(at), [2, 2, 2, 1]);
    }
    assert_eq!(tierform(at, &["diff"]).0, 2);
    let (_, said) = runs(at, &github);
    assert!(
        said.contains("::error file=infra/terraform.tfvars::you and tierform changed the same lines"),
        "{said}"
    );
    // Committed past the hook, it is red wherever it is checked out, with or without the file beside it.
    git(at, &["commit", "--quiet", "--no-verify", "--message", "An open conflict"]);
    let clone = temp.path().join("clone");
    git(at, &["clone", "--quiet", ".", clone.to_str().unwrap()]);
    assert_eq!(runs(&clone, &github).0, 2);
    fs::remove_file(clone.join("infra/terraform.tfvars.tierform-new")).unwrap();
    assert_eq!(runs(&clone, &github).0, 2);
    fs::remove_dir_all(&clone).unwrap();

    fs::rename(at.join("infra/terraform.tfvars.tierform-new"), &values).unwrap();
    assert_eq!(tierform(at, &["generate"]).0, 0);
    assert_eq!(statuses(at), [0, 0, 0, 0]);
    assert!(fs::read_to_string(&values).unwrap().contains("\"n4-standard-8\""));

    // Or theirs stays, and that is on record.
    let text = fs::read_to_string(&values).unwrap();
    fs::write(&values, text.replacen("\"n4-standard-8\"", "\"n4-highmem-2\"", 1)).unwrap();
    let spec = fs::read_to_string(at.join("coder.toml")).unwrap();
    fs::write(at.join("coder.toml"), spec.replace("n4-standard-8", "n4-standard-16")).unwrap();
    assert_eq!(tierform(at, &["generate"]).0, 3);
    assert_eq!(statuses(at), [2, 2, 2, 1]);
    assert_eq!(tierform(at, &["generate", "--keep", "terraform.tfvars"]).0, 0);
    assert_eq!(statuses(at), [0, 0, 0, 0]);
    let (_, listed, _) = tierform(at, &["check", "--all"]);
    assert!(listed.contains("terraform.tfvars: edited by you: kept, as you said"), "{listed}");
}
