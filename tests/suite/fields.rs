//! Every field and every word of a topology file has an effect that somebody can see: a pair of
//! files that differ in it alone gives another result or another diagnostic.
//!
//! The fields come from the types themselves; the pairs stand in `tests/fields/pairs.txt`.

mod ask;
mod pairs;
mod schema;

use std::collections::BTreeSet;
use std::path::PathBuf;

use pairs::{Pair, Readings, table};
use schema::Schema;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fields")
}

fn committed() -> Vec<Pair> {
    table(&std::fs::read_to_string(folder().join("pairs.txt")).unwrap())
}

/// What `pairs` cover, and what is wrong with them.
fn covered(pairs: &[Pair], schema: &Schema) -> (BTreeSet<String>, Vec<String>) {
    let mut readings = Readings::default();
    let mut items = BTreeSet::new();
    let mut wrong = Vec::new();
    for pair in pairs {
        match readings.covered(&folder(), pair, schema) {
            Ok(found) => items.extend(found),
            Err(problem) => wrong.push(format!("{} {:?}: {problem}", pair.file, pair.change)),
        }
    }
    (items, wrong)
}

#[test]
fn every_field_and_word_shows_in_a_result_or_a_diagnostic() {
    let schema = Schema::of_files();
    let all = schema.items();
    let (items, wrong) = covered(&committed(), &schema);
    let missing: Vec<&String> = all.difference(&items).collect();
    assert!(
        wrong.is_empty(),
        "{}\nmissing: {missing:?}",
        wrong.join("\n")
    );
    assert!(
        missing.is_empty(),
        "no pair in tests/fields/pairs.txt shows {missing:?}"
    );
    println!("{} fields and words, each with a pair", all.len());
}

#[test]
fn the_schema_is_seen_down_to_its_last_word() {
    let items = Schema::of_files().items();
    let some = [
        "File.workload",
        "Shared.replicas",
        "Kind: Cdn",
        "AppServer.threads",
        "Chance.otherwise",
        "Parallel.times",
        "Tsv.client",
        "rule.url",
        "backoff: Doubling",
        "Doubling.cap",
        "law.cv",
        "Empirical.column",
        "health.fall",
        "Hold.mix",
        "Ramp.over",
        "Ties: Rotation",
    ];
    for item in some {
        assert!(items.contains(item), "{item} of {items:?}");
    }
}

#[test]
fn a_pair_without_effect_is_caught() {
    let schema = Schema::of_files();
    let cases = [
        (
            "one.ron | | app.threads=4 | response_time_s/mean",
            "with both",
        ),
        (
            "one.ron | | name=\"other\" | response_time_s/mean",
            "with both",
        ),
        (
            "one.ron | | app.cores=1; app.threads=9 | response_time_s/mean",
            "not one field",
        ),
        (
            "one.ron | | app.cores=1 | response_time_s/meen",
            "no result has",
        ),
        ("one.ron | | app.cores=1 | topology/digest", "shows nothing"),
        ("one.ron | | app.cores=1 | LP0301", "of both or of neither"),
        (
            "one.ron | | app.cores=0 | response_time_s/mean",
            "cannot be run",
        ),
        ("one.ron | | apq.cores=0 | response_time_s/mean", "apq"),
    ];
    for (line, expected) in cases {
        let (items, wrong) = covered(&table(line), &schema);
        assert!(items.is_empty() && wrong.len() == 1, "{line}");
        assert!(wrong[0].contains(expected), "{line}: {}", wrong[0]);
    }
}

#[test]
fn a_field_whose_pair_is_lost_is_missed_by_name() {
    let schema = Schema::of_files();
    let is_near = |pair: &Pair| pair.both.iter().any(|set| set.contains("Chance("));
    let mut pairs: Vec<Pair> = committed().into_iter().filter(is_near).collect();
    assert!(covered(&pairs, &schema).0.contains("Chance.otherwise"));
    pairs.retain(|pair| !pair.change[0].contains("otherwise"));
    let (items, wrong) = covered(&pairs, &schema);
    assert!(wrong.is_empty(), "{wrong:?}");
    let missing: BTreeSet<String> = schema.items().difference(&items).cloned().collect();
    assert!(missing.contains("Chance.otherwise") && !missing.contains("Chance.then"));
}
