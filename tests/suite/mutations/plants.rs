//! Checkers with a planted fault, to see that the harness catches each.

use std::process::Command;
use std::time::Duration;

use super::harness::{Limits, Report, examine};
use super::mutate::{Base, Mutant, Mutation, thousand};
use super::{LIMITS, bases, checker};

/// A checker written in shell; its text comes on standard input.
fn shell(script: &str) -> impl Fn() -> Command + Sync + '_ {
    move || {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }
}

/// An answer that refuses the text at its first character.
const REFUSAL: &str = r#"echo '{"severity": "error", "line": 1, "column": 1}'; exit 3"#;

/// What the harness says of `script` after one mutant of each kind in `kinds`.
fn examined(script: &str, kinds: &[Mutation], limits: Limits) -> (Vec<Mutant>, Report) {
    let bases = [Base {
        name: "tiny".to_owned(),
        text: "(name: \"a\", n: 12)\n".to_owned(),
    }];
    let mutants: Vec<Mutant> = kinds
        .iter()
        .map(|&kind| {
            let all = thousand(&bases, 7);
            all.into_iter()
                .find(|mutant| mutant.mutation == kind)
                .unwrap()
        })
        .collect();
    let report = examine(&bases, &mutants, &shell(script), limits);
    (mutants, report)
}

/// The one broken promise that `script` is charged with.
fn charge(script: &str, kind: Mutation, limits: Limits) -> String {
    let (_, report) = examined(script, &[kind], limits);
    assert_eq!(report.broken.len(), 1, "{script}: {:?}", report.broken);
    report.broken[0].clone()
}

#[test]
fn a_sound_checker_is_charged_with_nothing() {
    let kinds = [
        Mutation::UnknownField,
        Mutation::Truncated,
        Mutation::OtherNumber,
    ];
    let (_, report) = examined(REFUSAL, &kinds, LIMITS);
    assert_eq!(report.broken, [""; 0]);
}

#[test]
fn a_panic_is_caught_by_its_exit_code_and_by_its_text() {
    let panics = "echo \"thread 'main' panicked at src/a.rs:1:1:\" >&2; exit";
    for code in [101, 3, 0] {
        let said = charge(&format!("{panics} {code}"), Mutation::Truncated, LIMITS);
        assert!(said.contains("it panics"), "{said}");
    }
    let said = charge("exit 101", Mutation::Truncated, LIMITS);
    assert!(said.contains("exit Some(101)"), "{said}");
    let said = charge("kill -ABRT $$", Mutation::Truncated, LIMITS);
    assert!(said.contains("exit None"), "{said}");
}

#[test]
fn a_hang_is_caught_and_ended() {
    let limits = Limits {
        wall: Duration::from_millis(200),
        ..LIMITS
    };
    let said = charge("exec sleep 600", Mutation::FlippedBytes, limits);
    assert!(said.contains("it hangs"), "{said}");
}

#[test]
fn an_accepted_unknown_field_is_caught() {
    let said = charge("exit 0", Mutation::UnknownField, LIMITS);
    assert!(said.contains("an unknown field is accepted"), "{said}");
}

/// Needs 1.5 GiB: under the limit it cannot have them, above it can.
#[test]
fn a_memory_hog_is_caught() {
    let hog = "dd if=/dev/null of=/dev/null bs=1536M count=1 || exit 1";
    let said = charge(hog, Mutation::OtherNumber, LIMITS);
    assert!(said.contains("exit Some(1)"), "{said}");
    let enough = Limits {
        memory_kib: 3 << 20,
        ..LIMITS
    };
    let (_, report) = examined(hog, &[Mutation::OtherNumber], enough);
    assert_eq!(report.broken, [""; 0]);
}

#[test]
fn errors_without_a_place_or_outside_the_text_are_caught() {
    let cases = [
        (
            r#"echo '{"severity": "error"}'; exit 3"#,
            "an error without a place",
        ),
        (
            r#"echo '{"severity": "error", "line": 99, "column": 1}'; exit 3"#,
            "is no place",
        ),
        (
            r#"echo '{"severity": "error", "line": 1, "column": 99}'; exit 3"#,
            "is no place",
        ),
        (
            r#"echo '{"severity": "error", "line": 0, "column": 1}'; exit 3"#,
            "is no place",
        ),
        (
            r#"echo '{"severity": "warning"}'; exit 3"#,
            "exit 3 without an error",
        ),
        (
            r#"echo '{"severity": "error", "line": 1, "column": 1}'; exit 0"#,
            "exit 0 with errors",
        ),
        ("echo oops; exit 3", "no JSON"),
    ];
    for (script, expected) in cases {
        let said = charge(script, Mutation::Truncated, LIMITS);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn locations_far_from_the_change_lower_the_share() {
    let bases = [Base {
        name: "long".to_owned(),
        text: format!("({}\na: 1)", "\n".repeat(9)),
    }];
    let mutants = thousand(&bases, 7);
    let found: Vec<Mutant> = mutants
        .into_iter()
        .filter(|one| one.mutation == Mutation::OtherNumber)
        .take(4)
        .collect();
    let refuse_at = |line: usize| {
        format!(
            "grep -q 'a: 1)' && exit 0; \
             echo '{{\"severity\": \"error\", \"line\": {line}, \"column\": 1}}'; exit 3"
        )
    };
    for (line, near) in [(11, 4), (9, 4), (8, 0), (1, 0)] {
        let report = examine(&bases, &found, &shell(&refuse_at(line)), LIMITS);
        assert_eq!(report.located, (near, 4), "line {line}");
    }
}

/// The same thousand through the real checker, which forgets the unknown fields.
#[test]
fn the_corpus_holds_unknown_fields_that_only_their_refusal_explains() {
    let bases = bases();
    let planted: Vec<Mutant> = thousand(&bases, super::SEED)
        .into_iter()
        .filter(|mutant| mutant.mutation == Mutation::UnknownField)
        .collect();
    let forgetful = || {
        let mut command = Command::new("sh");
        command.args(["-c", r#"sed -E 's/flurble: [^,]*, //' | "$0" "$@""#]);
        command
            .arg(checker().get_program())
            .args(checker().get_args());
        command
    };
    let report = examine(&bases, &planted, &forgetful, LIMITS);
    let accepted = report
        .broken
        .iter()
        .filter(|said| said.contains("is accepted"))
        .count();
    assert!(
        accepted > 60,
        "{accepted} of {}: {:?}",
        planted.len(),
        report.broken
    );
}
