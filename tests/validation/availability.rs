//! Procedures of the family availability: small chains of failures and repairs, and the
//! probability of a structure.

use std::path::Path;

use linchpin::experiment::{Settings, SpofSettings, spof};
use linchpin::reliability::markov::{Chain, Repairable, Spares};
use linchpin::topology;
use serde_json::Value;

/// The answer of the procedure called `name`, if it is one of these.
pub fn call(name: &str, params: &Value) -> Option<Result<f64, String>> {
    Some(match name {
        "quorum_availability" => quorum(params).map(|down| 1.0 - down),
        "quorum_unavailability" => quorum(params),
        "mean_time_to_data_loss" => mean_time_to_data_loss(params),
        "share_with_one_down_at_most" => crew(params, |all| Some(1.0 - all.unavailability()?)),
        "mean_servers_up" => crew(params, |all| {
            Some(f64::from(all.parts) - all.mean_failed()?)
        }),
        "failover_unavailability" => failover(params).map(|shares| shares[1] + shares[3]),
        "takeover_share" => failover(params).map(|shares| shares[1]),
        "serial_success" => serial(params),
        _ => return None,
    })
}

fn param(params: &Value, name: &str) -> Result<f64, String> {
    let found = params[name].as_f64();
    found.ok_or_else(|| format!("the case has no parameter {name}"))
}

fn lost() -> String {
    "the chain has no answer".to_owned()
}

/// Parts that are all in use and repaired each on its own.
fn quorum(params: &Value) -> Result<f64, String> {
    let parts = param(params, "n")? as u32;
    let all = Repairable {
        parts,
        common: 0.0,
        failure: 1.0 / param(params, "mttf")?,
        repair: 1.0 / param(params, "mttr")?,
        crews: parts,
        spares: Spares::Hot,
        needed: param(params, "k")? as u32,
    };
    all.unavailability().ok_or_else(lost)
}

fn mean_time_to_data_loss(params: &Value) -> Result<f64, String> {
    let pair = Repairable {
        parts: 2,
        common: 0.0,
        failure: param(params, "fail")?,
        repair: param(params, "repair")?,
        crews: 1,
        spares: Spares::Hot,
        needed: 1,
    };
    pair.mean_time_to_failure().ok_or_else(lost)
}

/// All but one of the servers are needed; the crews repair one each.
fn crew(params: &Value, read: fn(&Repairable) -> Option<f64>) -> Result<f64, String> {
    let parts = param(params, "n")? as u32;
    let all = Repairable {
        parts,
        common: 0.0,
        failure: param(params, "fail")?,
        repair: param(params, "repair")?,
        crews: param(params, "crews")? as u32,
        spares: Spares::Hot,
        needed: parts - 1,
    };
    read(&all).ok_or_else(lost)
}

/// Whole, taking over, one serving while the other is repaired, both down; per hour.
fn failover(params: &Value) -> Result<Vec<f64>, String> {
    let (fails, repaired) = (
        1.0 / param(params, "mttf_h")?,
        1.0 / param(params, "mttr_h")?,
    );
    let mut chain = Chain::new(4);
    chain.add(0, 1, fails);
    chain.add(1, 2, 3600.0 / param(params, "takeover_s")?);
    chain.add(2, 0, repaired).add(2, 3, fails);
    chain.add(3, 2, repaired);
    chain.steady().ok_or_else(lost)
}

/// What `spof` says of the topology of serial.
fn serial(_: &Value) -> Result<f64, String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/validation/cases/availability/serial.ron");
    let (loaded, problems) = topology::load::<&str>(&file, &[]);
    let model = loaded.ok_or_else(|| problems.human(false))?.model;
    let asked = SpofSettings {
        structural_only: true,
        order: 1,
        ..SpofSettings::default()
    };
    let found = spof(&model, &Settings::new(1), &asked).map_err(|problem| problem.to_string())?;
    let expected = found.expected.ok_or("no unavailability was stated")?;
    Ok(expected.availability)
}
