//! Running the built program, and reading what it says.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a run of the program left behind.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    /// All of stdout.
    pub stdout: String,
    /// All of stderr.
    pub stderr: String,
}

/// Runs `linchpin` with these arguments in the root of the repository, without a terminal, a
/// colour, or input.
///
/// # Panics
/// If the program cannot be started or prints what is not UTF-8.
#[track_caller]
pub fn linchpin<A: AsRef<std::ffi::OsStr>>(arguments: &[A]) -> Ran {
    linchpin_in(root(), arguments)
}

/// The same in another folder.
///
/// # Panics
/// As [`linchpin`].
#[track_caller]
pub fn linchpin_in<A: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: &[A]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_linchpin"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .expect("the program was built with the tests");
    ran(&output)
}

#[track_caller]
fn ran(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
    Ran {
        code: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

impl Ran {
    /// Asserts the exit code, and shows what was printed if it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Stdout as one JSON value.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|problem| panic!("{problem} in\n{}\n{}", self.stdout, self.stderr))
    }

    /// Each line of `text` as a JSON value.
    #[track_caller]
    pub fn json_lines(text: &str) -> Vec<Value> {
        let line = |line| serde_json::from_str(line).unwrap_or_else(|p| panic!("{p} in {line}"));
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(line)
            .collect()
    }
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder that is removed when it is dropped.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

/// Writes a file into a folder and gives its path.
pub fn write(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a temporary file can be written");
    path
}

#[test]
fn the_program_runs_and_says_its_version() {
    let ran = linchpin(&["--version"]).exits(0);
    assert!(ran.stdout.starts_with("linchpin "), "{}", ran.stdout);
}

#[test]
#[should_panic(expected = "stderr")]
fn another_exit_code_fails_a_test() {
    let _ = linchpin(&["--no-such-flag"]).exits(0);
}

#[test]
fn json_on_stdout_is_read_as_one_value() {
    // Note 002: 1.65 million people, two visits a day, a peak of ten times the mean.
    let people = [
        "plan",
        "--dau",
        "1650000",
        "--visits",
        "2",
        "--peak-ratio",
        "10",
    ];
    let ran = linchpin(&[&people[..], &["--json", "-"]].concat()).exits(0);
    let peak = ran.json()["peak_rps"].as_f64().expect("a number");
    assert!((peak - 381.9).abs() < 0.05, "{peak}");
}

#[test]
fn problems_are_read_as_lines_of_json() {
    let folder = folder();
    let file = write(&folder, "broken.ron", "(name: \"x\"");
    let arguments = ["check", "broken.ron", "--message-format", "json"];
    let ran = linchpin_in(folder.path(), &arguments).exits(3);
    let problems = Ran::json_lines(&ran.stdout);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0]["severity"], "error");
    assert!(file.exists());
}
