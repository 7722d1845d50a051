//! `fit` from outside: what it writes is a topology that answers as what was measured did.

use std::fmt::Write as _;

use crate::support::program::{folder, linchpin, linchpin_in, write};

/// Seconds of a lognormal law by its quantiles: exp(mu + sigma z) for evenly spread shares, in an
/// order that has nothing to do with their size.
fn durations(count: u32, mean: f64, cv: f64) -> Vec<f64> {
    let variance = libm::log1p(cv * cv);
    let mu = libm::log(mean) - variance / 2.0;
    let place = |number: u32| f64::from(number * 7919 % count) + 0.5;
    let shares = (0..count).map(|number| place(number) / f64::from(count));
    shares
        .map(|share| libm::exp(mu + variance.sqrt() * normal_quantile(share)))
        .collect()
}

/// By bisection on the error function.
fn normal_quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if 0.5 * libm::erfc(-middle / std::f64::consts::SQRT_2) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Two classes at 20/s, three to one; the file that is written passes `check` without a word and
/// gives their rate and means back.
#[test]
fn what_it_writes_answers_as_what_was_measured() {
    let mut log = "time,duration,class\n".to_owned();
    let (quick, slow) = (durations(3001, 0.02, 1.5), durations(1009, 0.1, 0.5));
    for number in 0..4000_usize {
        let (class, duration) = match number % 4 {
            3 => ("GET /slow", slow[number / 4]),
            _ => ("GET /", quick[number * 3 / 4]),
        };
        writeln!(log, "{},{duration:.6},{class}", number as f64 / 20.0).unwrap();
    }
    let folder = folder();
    write(&folder, "log.csv", &log);
    linchpin_in(folder.path(), &["fit", "log.csv", "-o", "out"]).exits(0);
    linchpin_in(
        folder.path(),
        &["check", "out/fitted.ron", "--deny-warnings"],
    )
    .exits(0);
    let run = linchpin_in(folder.path(), &["run", "out/fitted.ron", "--json", "-"]).exits(0);
    let run = run.json();
    for (class, mean, share) in [("GET", 0.02, 0.75), ("GET-slow", 0.1, 0.25)] {
        let found = &run["classes"][class];
        let value = |key: &str| found[key]["value"].as_f64().unwrap();
        assert!(
            (value("throughput_rps") / (20.0 * share) - 1.0).abs() < 0.05,
            "{found}"
        );
        let own = found["response_time_s"]["mean"]["value"].as_f64().unwrap();
        assert!((own / mean - 1.0).abs() < 0.05, "{class}: {own}");
    }
    let csv = std::fs::read_to_string(folder.path().join("out/laws.csv")).unwrap();
    let first = csv.lines().nth(1).unwrap();
    assert!(first.starts_with("GET /,\"LogNormal(mean: "), "{first}");
}

#[test]
fn the_shipped_points_give_the_published_coefficients() {
    let found = linchpin(&["fit", "topologies/measured/ray-tracer.csv", "--json", "-"]);
    let usl = found.exits(0).json()["usl"].clone();
    for (key, expected) in [
        ("sigma", 0.024_44),
        ("kappa", 0.001_63),
        ("gamma_rps", 20.856_05),
    ] {
        let value = usl[key]["value"].as_f64().unwrap();
        assert!((value / expected - 1.0).abs() < 3e-3, "{key} {value}");
    }
    let told = linchpin(&["fit", "topologies/measured/ray-tracer.csv"])
        .exits(0)
        .stdout;
    assert!(told.contains("beyond what was measured"), "{told}");
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let folder = folder();
    write(&folder, "odd.txt", "hello\n");
    write(&folder, "bad.csv", "time,duration\nx,1\ny,2\n");
    write(&folder, "points.csv", "load,throughput\n1,20\n");
    let refused = |files: &[&str]| {
        let arguments = [&["fit"], files].concat();
        linchpin_in(folder.path(), &arguments).exits(3).stderr
    };
    assert!(refused(&["odd.txt"]).contains("--format"));
    assert!(refused(&["bad.csv"]).contains("2: the time cannot be read"));
    assert!(refused(&["points.csv", "bad.csv"]).contains("bad.csv: this is a table of requests"));
    linchpin_in(folder.path(), &["fit", "missing.csv"]).exits(1);
    linchpin_in(folder.path(), &["fit"]).exits(2);
}
