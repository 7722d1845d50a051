//! Whole files: what they become, and what is said when they are wrong.

use std::path::Path;

use super::{Loaded, load_source};
use crate::diagnostic::{Diagnostics, Source};

/// DESIGN's smallest useful file.
pub(super) const MINIMAL: &str = r#"(
    name: "three tiers",
    components: {
        "lb":  LoadBalancer(to: "was"),
        "was": AppServer(replicas: 2, cores: 2, threads: 200, service: Exponential("8ms"), calls: ["db"]),
        "db":  Database(cores: 8, service: Exponential("3ms")),
    },
    entry: "lb",
    workload: { "users": Open(rate: "150/s") },
    objectives: ["p95 < 60ms", "error rate < 0.1%"],
)"#;

/// Loads a text; files that it names are sought in `folder`.
pub(super) fn load_in(folder: &Path, text: &str) -> (Option<Loaded>, Diagnostics) {
    load_source::<&str>(Source::new("f.ron", text), folder, "--set", &[])
}

pub(super) fn load(text: &str) -> (Option<Loaded>, Diagnostics) {
    load_in(Path::new(""), text)
}
#[test]
fn adhoc() {
    for f in std::env::var("FILES").unwrap().split_whitespace() {
        let p = Path::new(f);
        let (loaded, problems) = super::load::<&str>(p, &[]);
        println!(
            "{f} {} {:?}\n{}",
            loaded.is_some(),
            loaded.map(|l| l.digest),
            problems.human(false)
        );
    }
}
