//! A log that the test writes itself.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::model::Arrivals;

const LOG: &str = "t\twho\tmethod\turl\n\
    100.5\ta\tGET\t/images/x.gif\n\
    100\tb\tGET\t/page\n\
    100\ta\tPOST\t/page\n\
    oops\ta\tGET\t/page\n\
    101\ta\tGET\n\
    103\tc\tHEAD\t/images/y.gif\n";

const TOPOLOGY: &str = r#"(
    name: "replayed",
    components: { "web": WebServer(service: "1ms") },
    entry: "web",
    workload: {
        "log": Replay(
            file: "log.tsv.gz", speed: 2,
            format: Tsv(time: "t", url: "url", method: "method", client: "who"),
            classes: [
                (url: "/images/*", method: "GET", class: "static"),
                (method: "POST", class: "order"),
            ],
            otherwise: "dynamic",
        ),
    },
)"#;

fn load(topology: &str) -> (Option<Loaded>, Diagnostics) {
    let folder = tempfile::tempdir().unwrap();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(LOG.as_bytes()).unwrap();
    std::fs::write(folder.path().join("log.tsv.gz"), packed.finish().unwrap()).unwrap();
    load_in(folder.path(), topology)
}

fn arrivals(topology: &str) -> (Model, Arrivals) {
    let (loaded, problems) = load(topology);
    assert!(problems.is_empty(), "{}", problems.human(false));
    let model = loaded.unwrap().model;
    let arrivals = model.workloads[0].arrivals.clone();
    (model, arrivals)
}

/// Six lines: four requests in the order of their times, half a second apart at double speed,
/// two rejected. Nothing is lost.
#[test]
fn every_line_is_a_request_or_rejected_with_its_reason() {
    let (model, arrivals) = arrivals(TOPOLOGY);
    let Arrivals::Replay { log, rejected, .. } = arrivals else {
        panic!("{arrivals:?}")
    };
    let read: Vec<_> = log
        .iter()
        .map(|(at, journey, client)| {
            let class = model.journeys[journey.index()].items[0].class;
            (*at, &*model.classes[class.index()].name, *client)
        })
        .collect();
    let expected = [
        (0, "dynamic", 1),
        (0, "order", 0),
        (250_000_000, "static", 0),
        (1_500_000_000, "dynamic", 2),
    ];
    assert_eq!(read, expected);
    let lines: u64 = rejected.iter().map(|(_, count)| count).sum();
    assert_eq!(log.len() as u64 + lines, 6);
    let reasons = [
        ("wrong number of columns", 1),
        ("time is no number of seconds", 1),
    ];
    assert_eq!(
        rejected,
        reasons.map(|(reason, count)| (reason.to_owned(), count))
    );
}

#[test]
fn lines_that_no_rule_fits_are_rejected_without_otherwise() {
    let (_, arrivals) = arrivals(&TOPOLOGY.replace("otherwise: \"dynamic\",", ""));
    let Arrivals::Replay { log, rejected, .. } = arrivals else {
        panic!("{arrivals:?}")
    };
    assert_eq!(log.len(), 2);
    assert!(rejected.contains(&("no class fits".to_owned(), 2)));
}

#[test]
fn a_column_that_is_not_there_is_named() {
    for (old, new, place, message) in [
        (
            "time: \"t\"",
            "time: \"when\"",
            "\"when\"",
            "there is no column `when`",
        ),
        (
            "\"log.tsv.gz\"",
            "\"none\"",
            "\"none\"",
            "cannot use `none`",
        ),
        (
            "url: \"/images/*\", method: \"GET\", ",
            "",
            "\"static\"",
            "this rule fits every line",
        ),
        (
            ", method: \"method\"",
            "",
            "\"GET\"",
            "the log has no column for the method",
        ),
    ] {
        let text = TOPOLOGY.replace(old, new);
        let (_, problems) = load(&text);
        let first = &problems.list()[0];
        assert_eq!(&text[first.span.clone().unwrap()], place);
        assert!(first.message.starts_with(message), "{}", first.message);
    }
}

#[test]
fn the_digest_covers_the_log() {
    let digest = |line: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("log.tsv"), format!("{LOG}{line}")).unwrap();
        let text = TOPOLOGY.replace(".gz", "");
        load_in(folder.path(), &text).0.unwrap().digest
    };
    assert_eq!(digest(""), digest(""));
    assert_ne!(digest(""), digest("104\tc\tGET\t/page\n"));
}
