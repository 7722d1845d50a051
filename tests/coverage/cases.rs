//! The models whose truth is known.

use std::path::Path;

use linchpin::model::Model;
use linchpin::topology;

use super::truth::{self, Truth};

/// A model and its truths.
pub struct Case {
    /// As in the table.
    pub name: &'static str,
    /// The model.
    pub model: Model,
    /// Its response.
    pub truth: Truth,
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

fn mmc(rate: f64, servers: u32) -> (Model, Truth) {
    let rate_set = format!("workload.users.rate=\"{rate}/s\"");
    let cores = format!("server.cores={servers}");
    let model = model("mm1.ron", &[&rate_set, &cores]);
    (model, truth::mmc(rate, servers))
}

fn lognormal() -> (Model, Truth) {
    let set = [
        "workload.users.rate=\"0.7/s\"",
        "server.service=LogNormal(mean: \"1s\", cv: 2)",
    ];
    (model("mm1.ron", &set), truth::lognormal())
}

/// All cases, or the one called `only`.
pub fn cases(only: Option<&str>) -> Vec<Case> {
    type Maker = fn() -> (Model, Truth);
    let makers: [(&'static str, Maker); 6] = [
        ("M/M/1 0.5", || mmc(0.5, 1)),
        ("M/M/1 0.8", || mmc(0.8, 1)),
        ("M/M/8 0.9", || mmc(7.2, 8)),
        ("M/G/1 lognormal cv 2, 0.7", lognormal),
        ("machine repairman", || {
            (model("repairman.ron", &[]), truth::repairman())
        }),
        ("three tiers", || {
            (model("three-tier.ron", &[]), truth::three_tiers())
        }),
    ];
    makers
        .into_iter()
        .filter(|(name, _)| only.is_none_or(|one| one == *name))
        .map(|(name, make)| {
            let (model, truth) = make();
            Case { name, model, truth }
        })
        .collect()
}
