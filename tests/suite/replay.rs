//! Logs replayed: every line is a request or rejected with its reason, and a deterministic server
//! gives the response times that pencil and paper give.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use linchpin::experiment::result::RunResult;
use linchpin::experiment::{Settings, run};
use linchpin::model::{Arrivals, Model};
use linchpin::topology::load;

/// The model of the committed topology with some values set.
fn model(assignments: &[&str]) -> Model {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (loaded, problems) = load(&root.join("tests/replay/one-server.ron"), assignments);
    assert!(
        !problems.has_errors(),
        "{assignments:?}: {}",
        problems.json()
    );
    loaded.unwrap().model
}

fn log_at(path: &Path) -> String {
    format!("log.file={:?}", path.display().to_string())
}

fn replayed(model: &Model) -> RunResult {
    run(
        model,
        &Settings {
            jobs: 1,
            ..Settings::new(1)
        },
    )
    .unwrap()
}

/// Times in ns, classes, and rejected lines by reason.
struct Taken {
    requests: Vec<(u64, String)>,
    rejected: BTreeMap<String, u64>,
}

fn taken(model: &Model) -> Taken {
    let Arrivals::Replay { log, rejected, .. } = &model.workloads[0].arrivals else {
        panic!("the workload is a log");
    };
    let name = |journey: usize| model.journeys[journey].name.clone();
    Taken {
        requests: log
            .iter()
            .map(|(at, journey, _)| (*at, name(journey.index())))
            .collect(),
        rejected: rejected.iter().cloned().collect(),
    }
}

/// Mean and largest response of one server that takes `service` ns for each, by the recursion
/// start = max(arrival, free).
fn lindley(arrivals: &[u64], service: u64) -> (f64, f64) {
    let (mut free, mut sum, mut largest) = (0, 0_u128, 0);
    for &arrival in arrivals {
        free = free.max(arrival) + service;
        sum += u128::from(free - arrival);
        largest = largest.max(free - arrival);
    }
    (
        sum as f64 / arrivals.len() as f64 / 1e9,
        largest as f64 / 1e9,
    )
}

fn within(found: Option<f64>, expected: f64, tolerance: f64) {
    let found = found.expect("there is data");
    assert!(
        (found - expected).abs() <= tolerance,
        "{found}, not {expected}"
    );
}

/// A log of 400 requests in bursts; line 100 stands before the ones above it in time.
struct Own {
    text: Vec<u8>,
    /// ns from the first one, in order.
    instants: Vec<u64>,
    classes: Vec<&'static str>,
}

fn own() -> Own {
    let mut text = "time\tclient\tmethod\turl\tstatus\tbytes\n".to_owned();
    let mut all = Vec::new();
    let mut now = 0;
    for number in 0_u64..400 {
        now += [0, 250, 500, 1_750, 0, 125][number as usize % 6];
        let at = if number == 99 { now - 1_000 } else { now };
        let (method, url, class) = match number % 5 {
            0 => ("GET", "/images/logo.gif", "image"),
            1 => ("POST", "/order?id=7", "order"),
            2 => ("POST", "/images/upload", "image"),
            3 => ("GET", "/shop/images/x", "page"),
            _ => ("GET", "/", "page"),
        };
        let (seconds, millis) = (807_256_800 + at / 1_000, at % 1_000);
        let client = number % 7;
        writeln!(
            text,
            "{seconds}.{millis:03}\tc{client}\t{method}\t{url}\t200\t{number}"
        )
        .unwrap();
        all.push((at * 1_000_000, number, class));
    }
    all.sort_by_key(|&(at, number, _)| (at, number));
    Own {
        text: text.into_bytes(),
        instants: all.iter().map(|entry| entry.0).collect(),
        classes: all.iter().map(|entry| entry.2).collect(),
    }
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    let is_packed = path.extension().is_some_and(|end| end == "gz");
    let packed = is_packed.then(|| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    });
    std::fs::write(&path, packed.as_deref().unwrap_or(bytes)).unwrap();
    path
}

#[test]
fn every_line_of_a_log_is_a_request_of_its_class_at_its_instant() {
    let own = own();
    let folder = tempfile::tempdir().unwrap();
    for name in ["log.tsv", "log.tsv.gz"] {
        let found = taken(&model(&[&log_at(&written(folder.path(), name, &own.text))]));
        let (instants, classes): (Vec<u64>, Vec<String>) = found.requests.into_iter().unzip();
        assert_eq!(instants, own.instants, "{name}");
        assert_eq!(classes, own.classes, "{name}");
        assert!(found.rejected.is_empty(), "{:?}", found.rejected);
    }
}

#[test]
fn a_replay_through_one_server_gives_the_response_times_of_the_recursion() {
    let own = own();
    let folder = tempfile::tempdir().unwrap();
    let log = log_at(&written(folder.path(), "log.tsv.gz", &own.text));
    for (service, speed) in [(500, "1.0"), (300, "1.0"), (500, "2.0"), (900, "0.5")] {
        let sets = [
            log.clone(),
            format!("server.service=\"{service}ms\""),
            format!("log.speed={speed}"),
        ];
        let result = replayed(&model(&sets.each_ref().map(String::as_str)));
        let factor: f64 = speed.parse().unwrap();
        let instants: Vec<u64> = own
            .instants
            .iter()
            .map(|&at| (at as f64 / factor) as u64)
            .collect();
        let (mean, largest) = lindley(&instants, service * 1_000_000);
        within(result.response_time_s.mean.value, mean, 1e-9);
        within(result.response_time_s.max, largest, 0.0);
        assert_eq!(
            (result.requests.offered, result.requests.succeeded),
            (400, 400)
        );
        for (class, summary) in result.classes.iter() {
            let expected = own.classes.iter().filter(|one| **one == class).count() as u64;
            assert_eq!(summary.requests.offered, expected, "{class}");
        }
        assert_eq!(result.classes.iter().count(), 3);
    }
}

#[test]
fn lines_that_are_no_requests_are_counted_by_reason() {
    let long = format!("9\tc\tGET\t/{}\t200\t0", "x".repeat(70_000));
    let lines: [&[u8]; 10] = [
        b"time\tclient\tmethod\turl\tstatus\tbytes",
        b"5\tc\tGET\t/images/a\t200\t0",
        b"6\tc\tGET\t/images/b",
        b"noon\tc\tGET\t/images/c\t200\t0",
        b"7\tc\tGET\t/images/\xFF\t200\t0",
        long.as_bytes(),
        b"8\tc\tGET\t/page\t200\t0",
        b"",
        b"1e3\tc\tGET\t/images/d\t200\t0",
        b"9.25\tc\tPOST\t/order\t200\t0",
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), "log.tsv", &lines.join(&b"\n"[..]));
    let component = "workload.log=Replay(file: \"\", format: Tsv(time: \"time\", url: \"url\", \
                     method: \"method\"), classes: [(url: \"/images/*\", class: \"image\"), \
                     (method: \"POST\", class: \"order\")])";
    let found = taken(&model(&[component, &log_at(&path)]));
    let request = |at: u64, class: &str| (at, class.to_owned());
    assert_eq!(
        found.requests,
        [request(0, "image"), request(4_250_000_000, "order")]
    );
    let rejected: Vec<u64> = found.rejected.values().copied().collect();
    assert_eq!(rejected.iter().sum::<u64>() as usize, lines.len() - 1 - 2);
    let expected = [
        ("line too long", 1),
        ("no class fits", 1),
        ("not UTF-8", 1),
        ("time is no number of seconds", 2),
        ("wrong number of columns", 2),
    ];
    let expected: BTreeMap<String, u64> = expected
        .into_iter()
        .map(|(why, count)| (why.to_owned(), count))
        .collect();
    assert_eq!(found.rejected, expected);
}

/// The server of the Kennedy Space Center on 1 August 1995 (Internet Traffic Archive, NASA-HTTP):
/// the expected numbers are those of the recursion over the log.
#[test]
fn a_real_log_gives_its_known_response_times() {
    let Some(folder) = std::env::var_os("LINCHPIN_DATA") else {
        println!("skipped: LINCHPIN_DATA names no folder with nasa-http-1995-08-01.tsv.gz");
        return;
    };
    let log = log_at(&Path::new(&folder).join("nasa-http-1995-08-01.tsv.gz"));
    let cases = [
        ("500ms", 1.480_545, 1e-6, 26.5),
        ("1s", 533.136_9, 1e-3, 1_689.0),
    ];
    for (service, mean, tolerance, largest) in cases {
        let model = model(&[&log, &format!("server.service=\"{service}\"")]);
        let found = taken(&model);
        assert_eq!(found.requests.len(), 30_969);
        assert!(found.rejected.is_empty(), "{:?}", found.rejected);
        let result = replayed(&model);
        let requests = &result.requests;
        assert_eq!((requests.offered, requests.succeeded), (30_969, 30_969));
        within(result.response_time_s.mean.value, mean, tolerance);
        within(result.response_time_s.max, largest, 0.0);
    }
}
