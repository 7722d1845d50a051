//! Bad snippets that the rules must find, each with a good twin.

use super::faults;
use super::scan::{code_only, functions};

const HEAD: &str = "//! What it holds.\n";

/// Asserts that `text` breaks one rule and `twin` none.
#[track_caller]
fn breaks(path: &str, text: &str, what: &str, twin: &str) {
    let found = faults(path, &format!("{HEAD}{text}"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(what), "{found:?}");
    let none = faults(path, &format!("{HEAD}{twin}"));
    assert!(none.is_empty(), "{none:?}");
}

#[test]
fn an_import_against_the_order_is_seen() {
    let path = "src/engine/a.rs";
    breaks(
        path,
        "use crate::model::Model;",
        "must not know `model",
        "use crate::law::Law;",
    );
    breaks(
        path,
        "use crate::{law::Law, kinds::{B}};",
        "`kinds",
        "use crate::{law, engine::b};",
    );
    breaks(
        "src/lower/a.rs",
        "use crate::engine::run;",
        "`engine::run",
        "use crate::engine::program;",
    );
    breaks(
        "src/theory/a.rs",
        "fn f() { crate::law::g() }",
        "`law::g",
        "fn f() { crate::theory::g() }",
    );
}

#[test]
fn unit_tests_may_use_anything() {
    let test = "#[cfg(test)]\nmod tests {\n    use crate::cli;\n}";
    breaks(
        "src/law/a.rs",
        &format!("use crate::cli;\n{test}"),
        "a.rs:2",
        test,
    );
    assert!(faults("src/law/tests.rs", &format!("{HEAD}use crate::cli;")).is_empty());
}

#[test]
fn words_that_must_not_be_there_are_seen() {
    let path = "src/engine/a.rs";
    breaks(
        path,
        "fn f() { todo!() }",
        "todo!",
        "fn f() -> &'static str { \"todo!\" }",
    );
    breaks(
        path,
        "use std::collections::HashMap;",
        "HashMap",
        "// HashMap has no order",
    );
    breaks(
        path,
        "fn f() { Instant::now(); }",
        "Instant",
        "fn f(at: Instant) {}",
    );
    let note = concat!("// TO", "DO later");
    breaks(path, note, concat!("TO", "DO"), "// done");
}

#[test]
fn lengths_are_seen() {
    let body = |lines: usize| format!("fn f() {{\n{}}}\n", "    g();\n".repeat(lines));
    breaks("src/law/a.rs", &body(69), "71 lines", &body(68));
    breaks(
        "src/law/a.rs",
        &format!("// {}", "ü".repeat(98)),
        "101 char",
        &format!("// {}", "ü".repeat(97)),
    );
    breaks(
        "src/law/a.rs",
        &"\n".repeat(400),
        "401 lines",
        &"\n".repeat(399),
    );
}

#[test]
fn files_without_purpose_are_seen() {
    assert_eq!(faults("src/law/a.rs", "use std::fmt;").len(), 1);
    assert_eq!(faults("src/law/utils.rs", HEAD).len(), 1);
    assert!(faults("src/law/utilisation.rs", HEAD).is_empty());
}

#[test]
fn strings_comments_and_characters_are_no_code() {
    let text = "a(\"x { \\\" }\", '{', '\\'', r#\"\" }\"#) /* { /* } */ { */ 'b: for // {\nc";
    let code = code_only(text);
    assert!(!code.contains(['{', '}', 'x']), "{code}");
    assert!(code.contains("'b: for") && code.ends_with("\nc"), "{code}");
    let found = functions("fn a();\nfn b<const N: usize>(x: [u8; 2]) {\n}\nlet f: fn (u8) = g;");
    assert_eq!(found, [(2, "b".to_owned(), 2)]);
}
