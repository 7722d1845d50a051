//! Every command that README shows is run as it is written.

use std::path::Path;

use crate::support::program::{folder, linchpin_in, root};

/// Exit codes of verdicts: a command may find that something fails.
const VERDICTS: [i32; 3] = [0, 4, 99];

/// The arguments of every `linchpin` or `cargo run` command in code blocks and code spans.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut is_shell = false;
    for line in text.lines() {
        if let Some(language) = line.trim().strip_prefix("```") {
            is_shell = !is_shell && matches!(language, "sh" | "console" | "bash" | "shell");
        } else if is_shell {
            found.extend(command(line.trim().trim_start_matches("$ ")));
        } else {
            found.extend(line.split('`').skip(1).step_by(2).filter_map(command));
        }
    }
    found
}

/// The arguments of one command; `None` if it is another program's, or only a name.
fn command(line: &str) -> Option<Vec<String>> {
    let line = line.split(" # ").next().unwrap_or(line);
    let words = words(line);
    let rest = match words.first().map(String::as_str)? {
        "linchpin" => 1,
        "cargo" if words.get(1).is_some_and(|word| word == "run") => {
            1 + words.iter().position(|word| word == "--")?
        }
        _ => return None,
    };
    (words.len() > rest).then(|| words[rest..].to_vec())
}

/// Splits a line as a shell does, with both kinds of quotes.
fn words(line: &str) -> Vec<String> {
    let (mut found, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in line.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, ' ') => found.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    found.extend(word);
    found
}

#[test]
fn a_line_is_split_as_a_shell_does() {
    let line = "cargo run --release -- compare a.ron --variant 'out: was.replicas=4' # why";
    let expected = ["compare", "a.ron", "--variant", "out: was.replicas=4"];
    assert_eq!(command(line).unwrap(), expected);
    assert_eq!(command("cargo test"), None);
    assert_eq!(command("linchpin"), None);
    let text = "see `linchpin check x.ron` and\n```ron\nlinchpin no\n```\n```sh\nlinchpin yes\n```";
    assert_eq!(commands(text), [vec!["check", "x.ron"], vec!["yes"]]);
}

/// A copy of the shipped topologies, so that commands may write beside them.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn every_command_in_readme_works() {
    let readme = std::fs::read_to_string(root().join("README.md"));
    let readme = readme.expect("README.md is there and can be read");
    let commands = commands(&readme);
    let runs = |verb: &str| commands.iter().any(|one| one[0] == verb);
    for verb in [
        "new", "check", "graph", "plan", "fit", "run", "curve", "capacity", "drill", "spof",
        "compare", "sweep",
    ] {
        assert!(
            runs(verb),
            "README shows no `linchpin {verb}`: {commands:?}"
        );
    }
    let folder = folder();
    copy(
        &root().join("topologies"),
        &folder.path().join("topologies"),
    );
    for arguments in &commands {
        let ran = linchpin_in(folder.path(), arguments);
        let is_verdict = ran.code.is_some_and(|code| VERDICTS.contains(&code));
        assert!(is_verdict, "{arguments:?}: {:?}\n{}", ran.code, ran.stderr);
        let made = ran.stdout.len() + usize::from(arguments[0] == "new" || arguments[0] == "graph");
        assert!(made > 0, "{arguments:?} says nothing");
    }
}
