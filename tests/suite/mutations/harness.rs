//! Texts through a checker, each in a process of its own with limits, and what the answers must
//! be like.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::mutate::{Base, Mutant, Mutation};

/// What one check may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Time.
    pub wall: Duration,
    /// Address space, KiB.
    pub memory_kib: u64,
}

/// What one check came to.
#[derive(Clone, Debug)]
struct Answer {
    /// The exit code; `None` for a process that was killed.
    code: Option<i32>,
    /// It took longer than it may.
    is_late: bool,
    stdout: String,
    stderr: String,
}

/// Processes at a time.
const PROCESSES: usize = 2;
/// Distance of the first location from the change that still helps, lines.
const NEAR: usize = 2;

/// What a thousand checks came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Each broken promise, with the mutant that broke it.
    pub broken: Vec<String>,
    /// Mutants that were accepted.
    pub accepted: usize,
    /// Refused one-token mutants of accepted bases: those whose first location is near the
    /// change, and all.
    pub located: (usize, usize),
    /// The same by kind of mutation.
    pub by_mutation: Vec<(Mutation, usize, usize)>,
    /// The longest check.
    pub slowest: Duration,
}

impl Report {
    /// The measured share of first locations near the change.
    pub fn located_share(&self) -> f64 {
        self.located.0 as f64 / (self.located.1.max(1)) as f64
    }

    /// For people.
    pub fn text(&self) -> String {
        let (near, all) = self.located;
        let mut text = format!(
            "{} stay valid; the first location is near the change in {near} of {all} ({:.1} %); \
             slowest {:?}\n",
            self.accepted,
            100.0 * self.located_share(),
            self.slowest,
        );
        for (mutation, near, all) in &self.by_mutation {
            writeln!(text, "  {mutation:?}: {near} of {all}").unwrap();
        }
        text
    }
}

/// Gives every base and every mutant to a new `checker` on its standard input.
pub fn examine(
    bases: &[Base],
    mutants: &[Mutant],
    checker: &(impl Fn() -> Command + Sync),
    limits: Limits,
) -> Report {
    let mut report = Report::default();
    let texts: Vec<&[u8]> = bases.iter().map(|base| base.text.as_bytes()).collect();
    let sound: Vec<bool> = ask_all(&texts, checker, limits)
        .iter()
        .map(|(answer, _)| answer.code == Some(0))
        .collect();
    let texts: Vec<&[u8]> = mutants
        .iter()
        .map(|mutant| mutant.text.as_slice())
        .collect();
    for (mutant, (answer, took)) in mutants.iter().zip(ask_all(&texts, checker, limits)) {
        report.slowest = report.slowest.max(took);
        let base = &bases[mutant.base];
        if let Err(problem) = judge(mutant, &answer, sound[mutant.base]) {
            let Mutant {
                number, mutation, ..
            } = mutant;
            let name = &base.name;
            report.broken.push(format!(
                "mutant {number} ({mutation:?} of {name}): {problem}"
            ));
            continue;
        }
        report.accepted += usize::from(answer.code == Some(0));
        if let (Some(line), Some(3), true) = (mutant.changed_line, answer.code, sound[mutant.base])
        {
            let first = places(&answer)
                .ok()
                .and_then(|places| places.first().copied());
            let is_near = first.is_some_and(|(found, _)| found.abs_diff(line) <= NEAR);
            report.count(mutant.mutation, is_near);
        }
    }
    report
}

impl Report {
    fn count(&mut self, mutation: Mutation, is_near: bool) {
        let near = usize::from(is_near);
        self.located = (self.located.0 + near, self.located.1 + 1);
        match self
            .by_mutation
            .iter_mut()
            .find(|entry| entry.0 == mutation)
        {
            Some(entry) => (entry.1, entry.2) = (entry.1 + near, entry.2 + 1),
            None => self.by_mutation.push((mutation, near, 1)),
        }
    }
}

/// What is wrong with an answer.
fn judge(mutant: &Mutant, answer: &Answer, sound: bool) -> Result<(), String> {
    if answer.is_late {
        return Err("it hangs".to_owned());
    }
    let said = format!("{}{}", answer.stdout, answer.stderr);
    if said.contains("panicked at") || said.contains("overflowed its stack") {
        return Err(format!("it panics: {said}"));
    }
    let places = places(answer)?;
    match answer.code {
        Some(0) if !places.is_empty() => Err("exit 0 with errors".to_owned()),
        Some(0) if mutant.is_wrong() => Err("an unknown field is accepted".to_owned()),
        Some(0) => Ok(()),
        Some(3) if places.is_empty() => Err(format!("exit 3 without an error: {said}")),
        Some(3) if mutant.is_the_same() && sound => Err("space is refused".to_owned()),
        Some(3) => places
            .iter()
            .try_for_each(|&place| inside(&mutant.text, place)),
        other => Err(format!("exit {other:?}: {said}")),
    }
}

/// Line and column of every error, in the order of the answer.
fn places(answer: &Answer) -> Result<Vec<(usize, usize)>, String> {
    let mut found = Vec::new();
    for line in answer.stdout.lines() {
        let one: Value = serde_json::from_str(line).map_err(|_| format!("no JSON: {line}"))?;
        if one["severity"] != "error" {
            continue;
        }
        let number = |key: &str| one[key].as_u64().map(|number| number as usize);
        match (number("line"), number("column")) {
            (Some(line), Some(column)) => found.push((line, column)),
            _ => return Err(format!("an error without a place: {line}")),
        }
    }
    Ok(found)
}

/// Whether a place lies in the text, its end included.
fn inside(text: &[u8], (line, column): (usize, usize)) -> Result<(), String> {
    let text = String::from_utf8_lossy(text);
    let written = line
        .checked_sub(1)
        .and_then(|line| text.split('\n').nth(line));
    let is_inside = written.is_some_and(|line| (1..=line.chars().count() + 1).contains(&column));
    is_inside
        .then_some(())
        .ok_or_else(|| format!("{line}:{column} is no place of the text"))
}

/// The answers in the order of the texts, and how long each took.
fn ask_all(
    texts: &[&[u8]],
    checker: &(impl Fn() -> Command + Sync),
    limits: Limits,
) -> Vec<(Answer, Duration)> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut answers = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(text) = texts.get(place) else {
                return answers;
            };
            let start = Instant::now();
            let answer = ask(&checker(), text, limits);
            answers.push((place, (answer, start.elapsed())));
        }
    };
    let mut all: Vec<(usize, (Answer, Duration))> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..PROCESSES).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    all.sort_by_key(|&(place, _)| place);
    all.into_iter().map(|(_, answer)| answer).collect()
}

/// Runs `program` under a shell that limits its address space, and kills it when it is late.
fn ask(program: &Command, text: &[u8], limits: Limits) -> Answer {
    let file = || tempfile::tempfile().unwrap();
    let (mut stdin, stdout, stderr) = (file(), file(), file());
    stdin.write_all(text).unwrap();
    stdin.rewind().unwrap();
    let limit = format!("ulimit -v {} && exec \"$0\" \"$@\"", limits.memory_kib);
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(limit)
        .arg(program.get_program())
        .args(program.get_args())
        .stdin(Stdio::from(stdin))
        .stdout(Stdio::from(stdout.try_clone().unwrap()))
        .stderr(Stdio::from(stderr.try_clone().unwrap()))
        .spawn()
        .unwrap();
    let start = Instant::now();
    let mut status = child.try_wait().unwrap();
    while status.is_none() && start.elapsed() < limits.wall {
        std::thread::sleep(Duration::from_millis(1));
        status = child.try_wait().unwrap();
    }
    if status.is_none() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    Answer {
        code: status.and_then(|status| status.code()),
        is_late: status.is_none(),
        stdout: content(stdout),
        stderr: content(stderr),
    }
}

fn content(mut file: File) -> String {
    file.rewind().unwrap();
    let bytes: Vec<u8> = std::io::Read::bytes(std::io::BufReader::new(file))
        .flatten()
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
