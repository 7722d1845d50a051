//! The models whose truth is known.

use std::path::Path;

use linchpin::experiment::{Settings, run};
use linchpin::model::Model;
use linchpin::theory::Mmc;
use linchpin::topology;

/// What intervals should hold.
#[derive(Clone, Copy, Debug)]
pub struct Truth {
    /// The value, s.
    pub value: f64,
    /// Half-width of its own 95 % interval where it comes from a very long run, else 0.
    pub doubt: f64,
}

/// A model and its truths.
pub struct Case {
    /// As in the table.
    pub name: &'static str,
    /// The model.
    pub model: Model,
    /// Mean response.
    pub mean: Truth,
    /// Its 99th percentile.
    pub p99: Truth,
}

const fn exact(value: f64) -> Truth {
    Truth { value, doubt: 0.0 }
}

/// Time that one in a hundred requests of M/M/c exceeds, by halving.
fn p99(queue: &Mmc) -> f64 {
    let (mut low, mut high) = (0.0, 1_000.0);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if queue.response_exceeds(middle) > 0.01 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

fn model(file: &str, set: &[&str]) -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("topologies/theory")
        .join(file);
    let (loaded, problems) = topology::load(&path, set);
    loaded
        .unwrap_or_else(|| panic!("{}", problems.human(false)))
        .model
}

/// The 99th percentile by 100 replications of 100,000 requests at a seed of its own.
fn by_long_run(model: &Model) -> Truth {
    let settings = Settings {
        replications: Some(100),
        requests: Some(100_000),
        ..Settings::new(4_000_000_007)
    };
    let found = run(model, &settings)
        .expect("the case can be run")
        .response_time_s
        .p99;
    Truth {
        value: found
            .value
            .expect("ten million requests have a 99th percentile"),
        doubt: found.half_width().expect("and an interval"),
    }
}

fn mmc(name: &'static str, rate: f64, servers: u32) -> Case {
    let rate_set = format!("workload.users.rate=\"{rate}/s\"");
    let cores = format!("server.cores={servers}");
    let queue = Mmc::new(rate, 1.0, servers).expect("it is stable");
    Case {
        name,
        model: model("mm1.ron", &[&rate_set, &cores]),
        mean: exact(queue.mean_response()),
        p99: exact(p99(&queue)),
    }
}

fn simulated(name: &'static str, file: &str, set: &[&str], mean: f64) -> Case {
    let model = model(file, set);
    let p99 = by_long_run(&model);
    Case {
        name,
        model,
        mean: exact(mean),
        p99,
    }
}

/// All cases, or the one called `only`.
pub fn cases(only: Option<&str>) -> Vec<Case> {
    // Pollaczek and Khinchine: 1 + 0.7 (1 + 2^2) / (2 (1 - 0.7)). The other two as in the files.
    type Maker = fn(&'static str) -> Case;
    let makers: [(&'static str, Maker); 6] = [
        ("M/M/1 0.5", |name| mmc(name, 0.5, 1)),
        ("M/M/1 0.8", |name| mmc(name, 0.8, 1)),
        ("M/M/8 0.9", |name| mmc(name, 7.2, 8)),
        ("M/G/1 lognormal cv 2, 0.7", |name| {
            let set = [
                "workload.users.rate=\"0.7/s\"",
                "server.service=LogNormal(mean: \"1s\", cv: 2)",
            ];
            simulated(name, "mm1.ron", &set, 1.0 + 0.7 * 5.0 / 0.6)
        }),
        ("machine repairman", |name| {
            simulated(name, "repairman.ron", &[], 0.819_002_4)
        }),
        ("three tiers", |name| {
            simulated(name, "three-tier.ron", &[], 0.026_394)
        }),
    ];
    makers
        .into_iter()
        .filter(|(name, _)| only.is_none_or(|one| one == *name))
        .map(|(name, make)| make(name))
        .collect()
}
