//! Functions behind the routes `Analytic`, `Fit` and `Search`, by name.

use std::path::Path;

use linchpin::experiment::{Settings, run};
use linchpin::model::traffic::{Lost, Traffic};
use linchpin::theory::hashing::{largest_share_mean, share_cv};
use linchpin::theory::usl::Usl;
use linchpin::theory::usl_fit::{UslFit, fit_usl};
use linchpin::topology;
use serde_json::Value;

use crate::case::Procedure;

/// Calls a procedure; `params` are those of the case in `facts.json`.
pub fn call(procedure: &Procedure, params: &Value) -> Result<f64, String> {
    let argument = |index: usize| -> Result<f64, String> {
        let given = procedure.arguments.get(index).copied();
        given.ok_or_else(|| format!("{}: argument {index} is missing", procedure.name))
    };
    match procedure.name.as_str() {
        "usl_capacity" => Ok(usl(params)?.capacity(argument(0)?)),
        "usl_peak" => usl(params)?
            .peak_exact()
            .ok_or_else(|| "no peak".to_owned()),
        "usl_fit_alpha" => Ok(usl_fit(params)?.law.sigma),
        "usl_fit_beta" => Ok(usl_fit(params)?.law.kappa),
        "usl_fit_gamma" => Ok(usl_fit(params)?.unit_throughput),
        "ring_share_cv" => share_cv(whole(params, "n")?, whole(params, "v")?)
            .ok_or_else(|| "no servers".to_owned()),
        "ring_largest_share" => Ok(largest_share_mean(whole(params, "n")?)),
        "hit_ratio_at_saturation" => hit_ratio_at_saturation(params),
        "load_that_comes_back" => load_that_comes_back(params),
        name => crate::availability::call(name, params)
            .unwrap_or_else(|| Err(format!("no procedure is called {name}"))),
    }
}

fn param(params: &Value, name: &str) -> Result<f64, String> {
    let found = params[name].as_f64();
    found.ok_or_else(|| format!("the case has no parameter {name}"))
}

fn whole(params: &Value, name: &str) -> Result<u32, String> {
    Ok(param(params, name)? as u32)
}

/// The scalability law fitted to the loads `p` and throughputs `X` of a case.
fn usl_fit(params: &Value) -> Result<UslFit, String> {
    let (loads, rates) = (&params["p"], &params["X"]);
    let pairs = loads.as_array().into_iter().flatten();
    let pairs = pairs.zip(rates.as_array().into_iter().flatten());
    let points: Vec<(f64, f64)> = pairs
        .filter_map(|(load, rate)| Some((load.as_f64()?, rate.as_f64()?)))
        .collect();
    fit_usl(&points).ok_or_else(|| "these points give no fit".to_owned())
}

/// The scalability law of a case with `alpha` and `beta`.
fn usl(params: &Value) -> Result<Usl, String> {
    Ok(Usl {
        sigma: param(params, "alpha")?,
        kappa: param(params, "beta")?,
    })
}

/// The hit ratio at which the database of the topology of cache-db is busy all the time, by
/// bisection over estimates of the model.
fn hit_ratio_at_saturation(params: &Value) -> Result<f64, String> {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validation/cases/cache/cache-db.ron");
    // Three times as slow on both sides, so that the mean service is a whole number of ns.
    let rate = format!("users.rate=\"{}/min\"", param(params, "lam")? * 60.0 / 3.0);
    let mean_ms = 3000.0 / param(params, "mu_db")?;
    let service = format!("db.service=Exponential(\"{mean_ms}ms\")");
    let load = |hit: f64| -> Result<f64, String> {
        let hit = format!("cache.hit={hit}");
        let (loaded, problems) = topology::load(&file, &[&rate, &service, &hit]);
        let model = loaded.ok_or_else(|| problems.human(false))?.model;
        let stations = Traffic::new(&model).open_stations(&Lost::none());
        let stations = stations.ok_or("somebody has nowhere to go")?;
        let loads = stations.iter().map(|station| station.utilisation);
        Ok(loads.fold(0.0, f64::max))
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if load(middle)? > 1.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(f64::midpoint(low, high))
}

/// The highest load of the topology of metastable, per second, that is answered again after its
/// trigger, by bisection between the two loads of the case: one replication each, watched for
/// 1,930 s. A backlog of ten seconds, two pieces of work each, is worked off in that time at
/// loads up to about 5/s below the threshold.
fn load_that_comes_back(params: &Value) -> Result<f64, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/validation/cases/metastable/metastable.ron");
    let comes_back = |load: f64| -> Result<bool, String> {
        let rate = format!("users.rate=\"{load}/s\"");
        let (loaded, problems) = topology::load(&file, &[&rate, "run.duration=\"2000s\""]);
        let model = loaded.ok_or_else(|| problems.human(false))?.model;
        let settings = Settings {
            replications: Some(1),
            ..Settings::new(1)
        };
        let result = run(&model, &settings).map_err(|problem| problem.to_string())?;
        let last = result.series.iter().rev().take(10);
        let (good, offered) = last.fold((0.0, 0.0), |(good, offered), point| {
            (good + point.throughput_rps, offered + point.offered_rps)
        });
        Ok(good > 0.5 * offered)
    };
    let offered = params["offered"].as_array().into_iter().flatten();
    let mut ends: Vec<f64> = offered.filter_map(Value::as_f64).collect();
    ends.sort_by(f64::total_cmp);
    let [mut low, mut high] = ends[..] else {
        return Err("the case has two loads".to_owned());
    };
    if !comes_back(low)? || comes_back(high)? {
        return Err(format!(
            "the threshold does not lie between {low} and {high}"
        ));
    }
    while high - low > 5.0 {
        let middle = f64::midpoint(low, high);
        if comes_back(middle)? {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(f64::midpoint(low, high))
}
