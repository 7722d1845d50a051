//! `sweep` from outside: what it varies, what it says, and what it refuses.

mod shared;

use serde_json::Value;

use crate::support::program::{Ran, folder, linchpin};

const MM1: &str = "topologies/theory/mm1.ron";
const THREE_TIERS: &str = "topologies/three-tier.ron";

fn sweep(file: &str, more: &[&str]) -> Ran {
    linchpin(&[&["sweep", file], more].concat())
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

/// M/M/1 with service of mean 1 s: the mean response at rate r is 1 / (1 - r).
#[test]
fn every_point_of_a_grid_is_the_queue_that_theory_knows() {
    let flags = ["--requests", "20000", "--replications", "10", "--json", "-"];
    let rates = ["--param", "rate=0.2/s..0.6/s/3"];
    let json = sweep(MM1, &[&rates[..], &flags[..]].concat())
        .exits(0)
        .json();
    let points = json["points"].as_array().unwrap();
    assert_eq!((points.len(), json["design"].as_str()), (3, Some("grid")));
    for (point, rate) in points.iter().zip([0.2, 0.4, 0.6]) {
        assert_eq!(point["parameters"]["rate"], format!("{rate}/s"));
        let mean = &point["response_time_s"]["mean"];
        let half = (number(&mean["ci95"][1]) - number(&mean["ci95"][0])) / 2.0;
        // Twice the 95 % interval: four standard errors.
        let off = (number(&mean["value"]) - 1.0 / (1.0 - rate)).abs();
        assert!(off < 2.0 * half, "at {rate}: {mean}");
    }
    let rises = |one: &&Value| one["metric"] == "response_time_s.mean";
    let all = json["correlations"].as_array().unwrap();
    let rho = all.iter().find(rises).unwrap();
    assert_eq!(number(&rho["rank_correlation"]["value"]), 1.0);
    assert!(
        json.get("wall_s").is_none(),
        "files must not tell how long it took"
    );
}

#[test]
fn a_point_is_the_run_with_the_same_settings() {
    let flags = ["--requests", "800", "--replications", "4", "--json", "-"];
    let vary = [
        "--param",
        "was.replicas=2, 3",
        "--param",
        "db.service=\"3ms\", \"5ms\"",
    ];
    let json = sweep(THREE_TIERS, &[&vary[..], &flags[..]].concat())
        .exits(0)
        .json();
    let point = &json["points"][3];
    assert_eq!(point["parameters"]["was.replicas"], 3);
    assert_eq!(point["parameters"]["db.service"], "5ms");
    let set = ["--set", "was.replicas=3", "--set", "db.service=\"5ms\""];
    let run = linchpin(&[&["run", THREE_TIERS], &set[..], &flags[..]].concat()).json();
    for key in [
        "response_time_s",
        "throughput_rps",
        "error_rate",
        "requests",
        "events",
    ] {
        assert_eq!(point[key], run[key], "{key}");
    }
}

/// The mean response 1 / (1 - r) is below 2 s where the rate is below 0.5/s: half of U(0.3, 0.7).
#[test]
fn an_objective_holds_as_often_as_theory_says() {
    let flags = [
        "--param",
        "rate=Uniform(\"0.3/s\", \"0.7/s\")",
        "--samples",
        "40",
        "--set",
        "objectives=[\"mean < 2s\"]",
        "--requests",
        "10000",
        "--replications",
        "5",
        "--json",
        "-",
    ];
    let json = sweep(MM1, &flags).exits(0).json();
    assert_eq!(json["design"], "latin");
    let rates: Vec<f64> = json["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| {
            let text = point["parameters"]["rate"].as_str().unwrap();
            text.trim_end_matches("/s").parse().unwrap()
        })
        .collect();
    // A Latin hypercube has one rate in each fortieth of the law.
    let mut strata: Vec<usize> = rates.iter().map(|r| ((r - 0.3) / 0.01) as usize).collect();
    strata.sort_unstable();
    assert_eq!(strata, (0..40).collect::<Vec<_>>());
    let share = &json["objectives"][0]["probability"];
    // 20 of 40 rates are below 0.5; only those within a few hundredths of it can be misjudged.
    assert!((number(&share["value"]) - 0.5).abs() <= 0.1, "{share}");
    assert!(number(&share["ci95"][0]) < 0.5 && number(&share["ci95"][1]) > 0.5);
    assert!(json["measure_next"].as_str().unwrap().contains("`rate`"));
}

#[test]
fn indices_come_with_intervals_and_their_share_of_noise() {
    let flags = [
        "--param",
        "rate=Uniform(\"0.3/s\", \"0.7/s\")",
        "--param",
        "server.cores=1, 2",
        "--sobol",
        "8",
        "--requests",
        "1000",
        "--replications",
        "4",
        "--json",
        "-",
    ];
    let json = sweep(MM1, &flags).exits(0).json();
    assert_eq!(json["points"].as_array().unwrap().len(), 8 * 4);
    let mut doubts = json["warnings"].as_array().unwrap().iter();
    assert!(doubts.any(|one| one["code"] == "few_rows"), "{json}");
    let mean = &json["indices"][0];
    assert_eq!(mean["metric"], "response_time_s.mean");
    assert!((0.0..1.0).contains(&number(&mean["noise_share"])), "{mean}");
    for one in mean["parameters"].as_array().unwrap() {
        for key in ["first", "total"] {
            let (value, ends) = (number(&one[key]["value"]), &one[key]["ci95"]);
            assert!(
                number(&ends[0]) <= value && value <= number(&ends[1]),
                "{one}"
            );
        }
    }
}

#[test]
fn the_page_names_points_objectives_and_what_matters() {
    let folder = folder();
    let out = folder.path().join("out");
    let flags = [
        "--param",
        "rate=100/s, 200/s",
        "--param",
        "was.replicas=1, 2",
        "--requests",
        "400",
        "--replications",
        "3",
        "-o",
        out.to_str().unwrap(),
    ];
    let ran = sweep(THREE_TIERS, &flags).exits(0);
    for word in [
        "4 points of a grid",
        "was.replicas",
        "OVER POINTS",
        "share of points",
        "p95 < 60ms",
        "RANK CORRELATION",
        "NEXT",
        "plan ",
    ] {
        assert!(ran.stdout.contains(word), "no {word} in\n{}", ran.stdout);
    }
    for name in [
        "summary.json",
        "points.csv",
        "points.jsonl",
        "sensitivities.csv",
        "heat.svg",
        "tornado.svg",
    ] {
        assert!(out.join(name).exists(), "no {name}");
    }
    let table = std::fs::read_to_string(out.join("points.csv")).unwrap();
    assert!(
        table.starts_with("point,rate_rps,was.replicas,verdict,"),
        "{table}"
    );
    assert_eq!(table.lines().count(), 5);
}

#[test]
fn what_makes_no_sense_is_refused_with_a_remedy() {
    for (param, code, remedy) in [
        ("was.replicas", 2, "expected `=`"),
        ("was.replicas=", 2, "a value is missing"),
        ("was.replicas=1, 1", 2, "twice"),
        ("was.replicas=1..8", 2, "number of values"),
        ("was.replicas=8..1/3", 2, "larger"),
        ("was.replicas=1..8/1", 2, "2 to"),
        ("db.service=1ms..8/3", 2, "same kind"),
        ("db.service=log 0s..8ms/3", 2, "above 0"),
        ("db.service=Gamma(\"3ms\", 0.5)", 2, "LogNormal"),
        (
            "db.service=Uniform(\"8ms\", \"3ms\")",
            2,
            "to must be above",
        ),
        ("db.service=Normal(\"8ms\")", 2, "`cv` is missing"),
        ("rate=10", 2, "like 300/s"),
        ("users=1.5", 2, "whole"),
        ("users=10, 20", 2, "users"),
        ("was.replicaz=1, 2", 3, "replicas"),
        ("was.replicas=1..4/3", 3, "2.5"),
        ("db.service=Uniform(\"2ms\", \"8ms\")", 2, "--samples"),
    ] {
        let ran = sweep(THREE_TIERS, &["--param", param]).exits(code);
        assert!(ran.stderr.contains(remedy), "{param}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{param}");
    }
    let list = ["--param", "was.replicas=1, 2"];
    for (more, code, remedy) in [
        (&["--param", "was.replicas=3, 4"][..], 2, "twice"),
        (
            &["--param", "was=AppServer(cores: 1), AppServer(cores: 2)"],
            2,
            "twice",
        ),
        (
            &[
                "--param",
                "rate=10/s, 20/s",
                "--set",
                "workload.users.rate=\"5/s\"",
            ],
            2,
            "the load takes the place",
        ),
        (
            &["--param", "users.rate=\"1/s\", \"2/s\"", "--rate", "5/s"],
            2,
            "the load takes the place",
        ),
        (&["--design", "grid", "--samples", "8"], 2, "--samples"),
        (&["--design", "sobol"], 2, "--samples"),
        (&["--sobol", "8", "--samples", "8"], 2, "--sobol"),
        (
            &["--param", "rate=10/s, 20/s", "--rate", "5/s"],
            2,
            "--rate",
        ),
    ] {
        let ran = sweep(THREE_TIERS, &[&list[..], more].concat()).exits(code);
        assert!(ran.stderr.contains(remedy), "{more:?}: {}", ran.stderr);
    }
    linchpin(&["sweep", THREE_TIERS]).exits(2);
    linchpin(&["sweep"]).exits(2);
}

/// Points may be held to different objectives: each counts where it is asked for.
#[test]
fn objectives_that_differ_count_where_they_are_asked() {
    let folder = folder();
    let out = folder.path().to_str().unwrap();
    let json = sweep(
        THREE_TIERS,
        &[
            "--param",
            "objectives=[\"p95 < 1ms\", \"error rate < 50%\"],[\"p95 < 10s\"]",
            "--requests",
            "300",
            "--replications",
            "5",
            "--json",
            "-",
            "-o",
            out,
        ],
    )
    .exits(0)
    .json();
    let found: Vec<_> = json["objectives"].as_array().unwrap().iter().collect();
    let told = |one: &&Value| {
        let text = one["text"].as_str().unwrap().to_owned();
        (
            text,
            one["holds"].as_u64().unwrap(),
            one["of"].as_u64().unwrap(),
        )
    };
    let told: Vec<_> = found.iter().map(told).collect();
    assert_eq!(told[0], ("p95 < 1ms".to_owned(), 0, 1));
    assert_eq!(told[1], ("error rate < 50%".to_owned(), 1, 1));
    assert_eq!(told[2], ("p95 < 10s".to_owned(), 1, 1));
    assert_eq!((told[3].1, told[3].2), (1, 2), "all of a point's own");
    let table = std::fs::read_to_string(folder.path().join("points.csv")).unwrap();
    let head = table.lines().next().unwrap();
    assert!(
        head.contains("p95 < 1ms: holds") && head.contains("p95 < 10s: holds"),
        "{head}"
    );
}
