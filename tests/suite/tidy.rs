//! House rules over the sources: who may use whom, lengths, and words that must not be there.
//!
//! A layer may use what stands in its row of [`LAYERS`], and itself; its unit tests may use
//! anything. The other rules are a number or a word each. Strings and comments are taken out before
//! code is looked at.

mod planted;
mod scan;

use std::fs;
use std::path::Path;

use scan::{code_only, functions, uses};

/// Lines of a file, tests included.
const FILE_LINES: usize = 400;
/// Lines of a function, from its signature to its closing bracket.
const FUNCTION_LINES: usize = 70;
/// Characters of a line.
const LINE_CHARS: usize = 100;

/// Each layer with what it may use. A path allows all below it; `*` allows everything.
const LAYERS: &[(&str, &[&str])] = &[
    ("quantity", &[]),
    ("law", &["quantity"]),
    ("diagnostic", &["quantity"]),
    ("theory", &[]),
    ("statistics", &[]),
    ("model", &["quantity", "law", "diagnostic", "theory"]),
    ("syntax", &["quantity", "diagnostic"]),
    (
        "schema",
        &["quantity", "law", "diagnostic", "model", "syntax"],
    ),
    // A kind is written in the words of the file and knows nothing of how the file is read.
    (
        "kinds",
        &[
            "quantity",
            "law",
            "diagnostic",
            "model",
            "schema",
            "syntax::deserialize",
        ],
    ),
    (
        "topology",
        &[
            "quantity",
            "law",
            "diagnostic",
            "model",
            "syntax",
            "schema",
            "kinds",
            "theory",
        ],
    ),
    ("engine", &["law", "statistics"]),
    ("lower", &["law", "model", "engine::program", "engine::id"]),
    ("fault", &["law", "model", "engine", "lower"]),
    ("control", &["law", "model", "engine", "lower", "fault"]),
    ("reliability", &["law", "model"]),
    (
        "experiment",
        &[
            "law",
            "model",
            "engine",
            "lower",
            "fault",
            "control",
            "statistics",
            "theory",
            "reliability",
        ],
    ),
    (
        "fit",
        &["law", "statistics", "theory", "experiment::result"],
    ),
    // Results and what the map shows: nothing that could compute them.
    (
        "report",
        &["experiment::result", "model", "reliability", "statistics"],
    ),
    ("cli", &["*"]),
    ("main", &["*"]),
    ("lib", &["*"]),
];

/// Code that must not be written, and the layers that may nevertheless.
const BANNED_CODE: &[(&str, &[&str])] = &[
    ("todo!", &[]),
    ("unimplemented!", &[]),
    ("dbg!", &[]),
    ("HashMap", &[]),
    ("HashSet", &[]),
    ("SystemTime::now", &[]),
    (
        "Instant::now",
        &["cli", "experiment", "suite", "validation"],
    ),
];

/// Words that must not stand anywhere, comments included.
const BANNED_WORDS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

/// What is wrong with one file, each with its line.
fn faults(path: &str, text: &str) -> Vec<String> {
    let layer = layer_of(path);
    let code = code_only(text);
    let mut found = Vec::new();
    let mut say = |line: usize, what: String| found.push(format!("{path}:{line}: {what}"));
    if path.starts_with("src/") && !text.starts_with("//!") {
        say(
            1,
            "does not begin with a `//!` that says what it holds".to_owned(),
        );
    }
    if matches!(stem_of(path), "util" | "utils" | "helpers") {
        say(1, "a file is named after what it holds".to_owned());
    }
    let lines = text.lines().count();
    if lines > FILE_LINES {
        say(lines, format!("{lines} lines are more than {FILE_LINES}"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        let chars = line.chars().count();
        if chars > LINE_CHARS {
            say(
                number,
                format!("{chars} characters are more than {LINE_CHARS}"),
            );
        }
        for word in BANNED_WORDS.iter().filter(|word| line.contains(*word)) {
            say(number, format!("`{word}` is not left in a file"));
        }
    }
    for (number, line) in (1..).zip(code.lines()) {
        for (word, allowed) in BANNED_CODE {
            if holds_word(line, word) && !allowed.contains(&layer) {
                say(number, format!("`{word}` is not used here"));
            }
        }
    }
    // Tests stand at the foot of their file and may use anything.
    let tests = code.find("#[cfg(test)]\nmod tests").unwrap_or(code.len());
    let own = if stem_of(path) == "tests" || path.contains("/tests/") {
        ""
    } else {
        &code[..tests]
    };
    for (line, used) in uses(own)
        .into_iter()
        .filter(|(_, used)| !may_use(layer, used))
    {
        say(line, format!("`{layer}` must not know `{used}`"));
    }
    for (line, name, length) in functions(&code) {
        if length > FUNCTION_LINES {
            say(
                line,
                format!("`{name}` has {length} lines, more than {FUNCTION_LINES}"),
            );
        }
    }
    found
}

/// The layer that a file belongs to: its first folder under `src`, or its name there.
fn layer_of(path: &str) -> &str {
    let inside = path
        .strip_prefix("src/")
        .or_else(|| path.strip_prefix("tests/"));
    let first = inside.unwrap_or(path).split('/').next().unwrap_or_default();
    first.strip_suffix(".rs").unwrap_or(first)
}

fn stem_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".rs").unwrap_or(name)
}

fn may_use(layer: &str, used: &str) -> bool {
    let target = used.split("::").next().unwrap_or(used);
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return matches!(layer, "suite" | "validation");
    };
    let reaches =
        |path: &str| path == "*" || used == path || used.starts_with(&format!("{path}::"));
    target == layer || allowed.iter().any(|path| reaches(path))
}

/// Whether `word` stands in `line` and is not the end of a longer name.
fn holds_word(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(is_name))
}

/// All Rust files below a folder, by name.
fn sources(root: &Path, folder: &str, into: &mut Vec<(String, String)>) {
    let entries = fs::read_dir(root.join(folder)).expect("the folder can be listed");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("an entry can be read").file_name())
        .map(|name| name.into_string().expect("names are UTF-8"))
        .collect();
    names.sort();
    for name in names {
        let path = format!("{folder}/{name}");
        if root.join(&path).is_dir() {
            sources(root, &path, into);
        } else if Path::new(&path)
            .extension()
            .is_some_and(|extension| extension == "rs")
        {
            let text = fs::read_to_string(root.join(&path)).expect("the file can be read");
            into.push((path, text));
        }
    }
}

#[test]
fn the_house_rules_hold() {
    let mut files = Vec::new();
    for folder in ["src", "tests"] {
        sources(Path::new(env!("CARGO_MANIFEST_DIR")), folder, &mut files);
    }
    assert!(files.len() > 50, "{} files are not all", files.len());
    let found: Vec<_> = files
        .iter()
        .flat_map(|(path, text)| faults(path, text))
        .collect();
    assert!(
        found.is_empty(),
        "{} problems:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn every_layer_is_in_the_table() {
    let mut files = Vec::new();
    sources(Path::new(env!("CARGO_MANIFEST_DIR")), "src", &mut files);
    for (path, _) in files {
        let layer = layer_of(&path);
        assert!(
            LAYERS.iter().any(|(name, _)| *name == layer),
            "{path}: no row for `{layer}`"
        );
    }
}
