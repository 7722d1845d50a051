//! What kind of run a model asks for, how long it is, and how another load is put on it.

use thiserror::Error;

use super::settings::Load;
use crate::model::traffic::hold_busiest;
use crate::model::{Arrivals, Autoscale, Model, Stage, Start};

/// Time that a terminating run watches after its last fault has ended, ns: room for retries,
/// checks and queues to settle.
const AFTER_FAULTS: u64 = 60_000_000_000;

/// ns.
const TEN_MINUTES: u64 = 600_000_000_000;

/// ns.
const DAY: u64 = 86_400 * 1_000_000_000;

/// S28, S29.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Constant rate or users and nothing scheduled: trimmed, stopped by precision.
    Steady,
    /// Everything else: a horizon of its own, nothing trimmed.
    Terminating {
        /// Length, ns from the end of the lead-in.
        horizon: u64,
    },
}

impl Kind {
    /// The kind of run of `model`.
    ///
    /// A terminating run lasts as long as its longest workload (stages, log) and until a minute
    /// after its last fault; a fault without end counts from its start. With autoscaling it lasts
    /// as long as that needs to be seen to settle.
    pub fn of(model: &Model) -> Self {
        let constant = model
            .workloads
            .iter()
            .all(|workload| match &workload.arrivals {
                Arrivals::Open { stages, .. } | Arrivals::Closed { stages, .. } => {
                    stages.is_empty()
                }
                Arrivals::Replay { .. } => false,
            });
        if constant && model.faults.is_empty() && model.scaled().next().is_none() {
            return Self::Steady;
        }
        let load = model
            .workloads
            .iter()
            .map(|workload| length_of(&workload.arrivals))
            .max();
        let faults = model.faults.iter().map(|fault| {
            let end = fault.end().unwrap_or(fault.at);
            end.saturating_add(AFTER_FAULTS)
        });
        let told = faults.max().max(load).unwrap_or(0);
        // Only where nothing else says how long: a longer run would thin out what happens in it.
        let scaled = model.scaled().map(|(_, autoscale)| settled(autoscale));
        let scaled = scaled.max().filter(|_| told == 0);
        Self::Terminating {
            horizon: told.max(scaled.unwrap_or(0)).max(1),
        }
    }

    /// The word in results.
    pub fn word(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Terminating { .. } => "terminating",
        }
    }
}

/// Three times what lies between a change and the next that it leads to, at least ten minutes, ns.
fn settled(autoscale: Autoscale) -> u64 {
    let Autoscale {
        boot,
        cooldown,
        stabilise,
        ..
    } = autoscale;
    let cycle = boot.saturating_add(cooldown.max(stabilise));
    cycle.saturating_mul(3).max(TEN_MINUTES)
}

/// Waves that come again and again are watched for three periods (S27), those of a day for one.
fn length_of(arrivals: &Arrivals) -> u64 {
    match arrivals {
        Arrivals::Open {
            stages,
            repeats: true,
            ..
        } => {
            let period = stages.iter().map(|stage| stage.length).sum::<u64>();
            period.saturating_mul(if period < DAY { 3 } else { 1 })
        }
        Arrivals::Open { stages, .. } | Arrivals::Closed { stages, .. } => {
            stages.iter().map(|stage| stage.length).sum()
        }
        Arrivals::Replay { log, .. } => log.last().map_or(0, |entry| entry.0 + 1),
    }
}

/// Whether a terminating run of `model` begins with an uncounted lead-in at the load of its
/// first stage (S29): `start: Warm` and somebody there at the start. A log begins as it is.
pub fn has_lead_in(model: &Model) -> bool {
    model.run.start == Start::Warm
        && model
            .workloads
            .iter()
            .any(|workload| match &workload.arrivals {
                Arrivals::Open {
                    rate_per_s, stages, ..
                } => stages.first().map_or(*rate_per_s, |stage| stage.from) > 0.0,
                Arrivals::Closed { users, stages, .. } => {
                    stages.first().map_or(f64::from(*users), |stage| stage.from) > 0.0
                }
                Arrivals::Replay { .. } => false,
            })
}

/// Why a load cannot be put on a model.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum LoadError {
    /// No workload takes this kind of load.
    #[error("the file has no {0} workload whose {1} could be set")]
    NoWorkload(&'static str, &'static str),
    /// The number makes no sense.
    #[error("the {0} must be positive")]
    NotPositive(&'static str),
}

/// The load that a model is under: rate of journeys and users, at the peaks of the stages.
pub fn load_of(model: &Model) -> (f64, f64) {
    let mut total = (0.0, 0.0);
    for workload in &model.workloads {
        match &workload.arrivals {
            Arrivals::Open {
                rate_per_s, stages, ..
            } => total.0 += peak(*rate_per_s, stages),
            Arrivals::Closed { users, stages, .. } => total.1 += peak(f64::from(*users), stages),
            Arrivals::Replay { .. } => {}
        }
    }
    total
}

/// Scales the workloads of `model` in proportion so that they add up to `load` (S7): constant
/// ones get their share of it, those with stages reach it at their peak. Users are dealt whole,
/// the largest remainders first.
///
/// # Errors
/// When no workload has this kind of load, or it is not positive.
pub fn put_load(model: &mut Model, load: Load) -> Result<(), LoadError> {
    let (rate, users) = load_of(model);
    match load {
        Load::Rate(wanted) if !(wanted.is_finite() && wanted > 0.0) => {
            Err(LoadError::NotPositive("rate"))
        }
        Load::Users(0) => Err(LoadError::NotPositive("number of users")),
        Load::Rate(_) if rate <= 0.0 => Err(LoadError::NoWorkload("open", "rate")),
        Load::Users(_) if users <= 0.0 => Err(LoadError::NoWorkload("closed", "users")),
        Load::Rate(wanted) => {
            scale_rates(model, wanted / rate);
            Ok(())
        }
        Load::Users(wanted) => {
            deal_users(model, wanted, users);
            Ok(())
        }
    }
}

fn scale_rates(model: &mut Model, factor: f64) {
    for workload in &mut model.workloads {
        if let Arrivals::Open {
            rate_per_s, stages, ..
        } = &mut workload.arrivals
        {
            *rate_per_s *= factor;
            scale_stages(stages, factor);
        }
    }
}

fn deal_users(model: &mut Model, wanted: u32, present: f64) {
    let factor = f64::from(wanted) / present;
    let mut left = i64::from(wanted);
    let mut remainders = Vec::new();
    for (place, workload) in model.workloads.iter_mut().enumerate() {
        if let Arrivals::Closed { users, stages, .. } = &mut workload.arrivals {
            let share = peak(f64::from(*users), stages) * factor;
            scale_stages(stages, factor);
            *users = share.floor() as u32;
            left -= i64::from(*users);
            remainders.push((share - share.floor(), place));
        }
    }
    remainders.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, place) in remainders {
        if let Arrivals::Closed { users, .. } = &mut model.workloads[place].arrivals
            && left > 0
        {
            *users += 1;
            left -= 1;
        }
    }
}

fn scale_stages(stages: &mut [Stage], factor: f64) {
    for stage in stages {
        stage.from *= factor;
        stage.to *= factor;
    }
}

fn peak(constant: f64, stages: &[Stage]) -> f64 {
    if stages.is_empty() {
        return constant;
    }
    stages
        .iter()
        .fold(0.0, |most, stage| stage.from.max(stage.to).max(most))
}

/// Replaces stages by their peak and drops the faults: the model under its heaviest load, for
/// ever. Logs stay.
pub fn at_peak(model: &Model) -> Model {
    let mut steady = model.clone();
    steady.faults.clear();
    for workload in &mut steady.workloads {
        hold_busiest(workload);
    }
    steady
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builder::{Builder, constant, seconds};
    use crate::model::{Fault, FaultKind, FaultTarget};

    fn site() -> Builder {
        let mut b = Builder::new("site");
        let was = b.component("was", 2);
        b.operation(was, "default", Vec::new());
        b.open("near", 30.0, &[("page", was, 1.0)]);
        b.open("far", 10.0, &[("page", was, 1.0)]);
        b
    }

    fn stage(from: f64, to: f64, length: u64) -> Stage {
        Stage {
            from,
            to,
            length,
            mix: Vec::new(),
        }
    }

    fn set_stages(model: &mut Model, place: usize, list: Vec<Stage>) {
        if let Arrivals::Open { stages, .. } = &mut model.workloads[place].arrivals {
            *stages = list;
        }
    }

    #[test]
    fn constant_loads_are_steady_and_stages_or_faults_are_not() {
        let mut model = site().build();
        assert_eq!(Kind::of(&model), Kind::Steady);
        set_stages(
            &mut model,
            0,
            vec![stage(0.0, 5.0, 70), stage(5.0, 5.0, 30)],
        );
        assert_eq!(Kind::of(&model), Kind::Terminating { horizon: 100 });
        model.faults.push(Fault {
            kind: FaultKind::Crash,
            target: FaultTarget::Nodes(vec![model.components[0].nodes[0]]),
            at: seconds(10),
            lasts: Some(seconds(5)),
        });
        assert_eq!(
            Kind::of(&model),
            Kind::Terminating {
                horizon: seconds(75)
            }
        );
    }

    #[test]
    fn a_rate_is_shared_out_in_proportion_and_met_at_the_peak() {
        let mut model = site().build();
        set_stages(
            &mut model,
            1,
            vec![stage(0.0, 10.0, 5), stage(10.0, 2.0, 5)],
        );
        put_load(&mut model, Load::Rate(400.0)).unwrap();
        assert!((load_of(&model).0 - 400.0).abs() < 1e-9);
        let Arrivals::Open { stages, .. } = &model.workloads[1].arrivals else {
            panic!()
        };
        assert_eq!(stages[1], stage(100.0, 20.0, 5));
        assert_eq!(
            put_load(&mut model, Load::Users(5)),
            Err(LoadError::NoWorkload("closed", "users"))
        );
    }

    #[test]
    fn users_are_dealt_whole() {
        let mut b = site();
        let was = b.model().component_named("was").unwrap();
        b.closed("a", 1, constant(0), &[("page", was, 1.0)]);
        b.closed("b", 2, constant(0), &[("page", was, 1.0)]);
        let mut model = b.build();
        put_load(&mut model, Load::Users(7)).unwrap();
        let users: Vec<u32> = model
            .workloads
            .iter()
            .filter_map(|workload| match workload.arrivals {
                Arrivals::Closed { users, .. } => Some(users),
                _ => None,
            })
            .collect();
        assert_eq!(
            users,
            [2, 5],
            "7/3 and 14/3: the remainder goes to the second"
        );
    }

    #[test]
    fn the_peak_keeps_its_own_mix() {
        let mut model = site().build();
        let mut top = stage(50.0, 80.0, 5);
        top.mix = vec![crate::model::MixEntry {
            share: 1.0,
            ..model.workloads[0].mix[0]
        }];
        set_stages(&mut model, 0, vec![stage(0.0, 50.0, 5), top.clone()]);
        let steady = at_peak(&model);
        assert_eq!(Kind::of(&steady), Kind::Steady);
        assert!((load_of(&steady).0 - 90.0).abs() < 1e-12);
        assert_eq!(steady.workloads[0].mix, top.mix);
    }
}
