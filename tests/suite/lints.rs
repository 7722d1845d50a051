//! Advice about the shipped topologies.

use std::fs;
use std::path::{Path, PathBuf};

use linchpin::topology::{self, lint};

use crate::support::program::root;

/// All shipped topologies.
fn shipped(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            shipped(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "ron") {
            into.push(path);
        }
    }
    into.sort();
}

/// The warnings of lints about one file with these assignments: code, message, and the text that
/// each points at.
#[track_caller]
fn advice(file: &Path, assignments: &[&str]) -> Vec<(&'static str, String, String)> {
    let (loaded, problems) = topology::load(file, assignments);
    let loaded = loaded.unwrap_or_else(|| panic!("{}", problems.human(false)));
    let text = loaded.tree.text();
    lint::lint(&loaded.model, &loaded.tree)
        .into_iter()
        .map(|warning| {
            let place = warning.span.map(|span| text[span].to_owned());
            (warning.code, warning.message, place.unwrap_or_default())
        })
        .collect()
}

#[test]
fn shipped_topologies_draw_no_advice_but_what_their_comments_explain() {
    let mut files = Vec::new();
    shipped(&root().join("topologies"), &mut files);
    assert!(files.len() >= 18, "{files:?}");
    let mut found = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file).expect("the file can be read");
        let is_explained = |code: &str| {
            let mut comments = text.lines().filter_map(|line| line.split_once("//"));
            comments.any(|(_, comment)| comment.contains(code))
        };
        for warning in advice(file, &[]) {
            if is_explained(warning.0) {
                continue;
            }
            found.push(format!("{}: {warning:?}", file.display()));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn advice_follows_the_assignments_and_points_at_the_field() {
    let file = root().join("topologies/three-tier.ron");
    // 300/s x 8 ms: each of two nodes of two cores is at 0.6, and one alone at 1.2.
    let found = advice(&file, &["workload.users.rate=\"300/s\""]);
    assert_eq!(found.len(), 1, "{found:?}");
    let (code, message, place) = &found[0];
    assert_eq!((*code, place.as_str()), ("LP0408", "2"));
    assert!(
        message.contains("1.2 times the cpu that `was/2` has (0.6 with it)"),
        "{message}"
    );
    let pool = advice(&file, &["links.\"was -> db\".pool=50"]);
    assert_eq!(pool[0].0, "LP0401");
    assert_eq!(pool[0].2, "50");
}
