//! Functions behind the routes `Analytic`, `Fit` and `Search`, by name.

use linchpin::theory::hashing::{largest_share_mean, share_cv};
use linchpin::theory::usl::Usl;
use linchpin::theory::usl_fit::{UslFit, fit_usl};
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
        name => Err(format!("no procedure is called {name}")),
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
