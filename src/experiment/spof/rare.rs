//! The unavailability by simulation alone, beside the exact one (S41).

use crate::experiment::ExperimentError;
use crate::experiment::replicate::Crew;
use crate::experiment::result::simulated::{
    FAILURES_FOR_TENTH, FEWEST_FAILURES, Method, Simulated,
};
use crate::experiment::result::{SpofResult, Warning};
use crate::experiment::settings::Settings;
use crate::lower::key::{Path, draw};
use crate::model::{Model, Outage};
use crate::reliability::fault_tree::Failing;
use crate::reliability::measures::HOURS_A_YEAR;
use crate::reliability::process::{DOWN, Parts, Untimed};
use crate::reliability::splitting::{Account, Draws, Ladder, ladder, plain, steady};
use crate::reliability::{Family, FaultTree, GateId, Reading, Structure, SubjectOf};
use crate::statistics::student::t_quantile;
use crate::statistics::{Confidence, ratio_of_sums};

/// Repetitions to begin with; they are doubled until the interval is narrow enough.
const FIRST: u32 = 32;
/// Fewest repetitions that an interval is built on.
const FEWEST: u32 = 30;
/// Most repetitions.
const MOST: u32 = 8_192;
/// Relative half-width aimed at when nobody asks for a precision.
const AIM: f64 = 0.05;
/// Ways started on each level of a repetition.
const STARTS: usize = 2_000;
/// Events of a plain repetition.
const PLAIN_STEPS: u64 = 200_000;
/// About how many looks at a part a question may cost.
const EFFORT: u64 = 400_000_000;
/// Looks at parts that an event costs, whatever their number.
const EACH_EVENT: u64 = 8;
/// Most cut sets that tell how near a state is to the end.
const SETS: usize = 2_000;
/// Most nodes of the diagram that they are taken from.
const SET_NODES: usize = 200_000;
/// Nanoseconds of a year.
const YEAR: f64 = HOURS_A_YEAR * 3.6e12;
/// With so many failures seen, or fewer, no more than this is to be expected: the 95 % limit of a
/// Poisson number (F. Garwood, 1936, *Biometrika* 28); 3 for none.
const AT_MOST: [f64; FEWEST_FAILURES as usize] = [
    3.0, 4.744, 6.296, 7.754, 9.154, 10.513, 11.842, 13.148, 14.435, 15.705,
];

/// Whose unavailability is asked for.
struct Asked {
    name: String,
    roots: Vec<GateId>,
    exact: Option<f64>,
}

/// Simulates the unavailability of every class and journey, and of all of them together.
///
/// # Errors
/// Where the file does not say for how long a part that fails is up and down.
pub fn fill(
    model: &Model,
    structure: &Structure,
    (crew, settings): (&Crew, &Settings<'_>),
    method: Method,
    result: &mut SpofResult,
) -> Result<(), ExperimentError> {
    fits(model, settings, method)?;
    settings.progress.phase("failures and repairs", None);
    let hopeless = structure.hopeless();
    let mut known: Vec<(Failing, Simulated)> = Vec::new();
    let mut all: Vec<GateId> = Vec::new();
    for (place, subject) in structure.subjects.iter().enumerate() {
        if hopeless.contains(&place) {
            continue;
        }
        let roots: Vec<GateId> = subject.roots.iter().map(|&(_, root)| root).collect();
        all.extend(&roots);
        let points = match subject.of {
            SubjectOf::Class(_) => &mut result.classes,
            SubjectOf::Journey(_) => &mut result.journeys,
        };
        let named = points.0.iter_mut().find(|(name, _)| *name == subject.name);
        let Some((_, points)) = named else { continue };
        let asked = Asked {
            name: format!("`{}`", subject.name),
            roots,
            exact: points.expected.as_ref().map(|one| one.unavailability),
        };
        points.by_simulation = one(
            (model, structure, &asked),
            (crew, settings, method),
            &mut known,
        )?;
        let found = points.by_simulation.as_ref();
        result
            .warnings
            .extend(found.and_then(|found| disagreement(&asked, found)));
    }
    let asked = Asked {
        name: "any of them".to_owned(),
        roots: all,
        exact: result.expected.as_ref().map(|one| one.unavailability),
    };
    result.by_simulation = one(
        (model, structure, &asked),
        (crew, settings, method),
        &mut known,
    )?;
    let found = result.by_simulation.as_ref();
    result
        .warnings
        .extend(found.and_then(|found| disagreement(&asked, found)));
    result.partial |= settings.is_stopped();
    if found.is_none() && !result.partial {
        return Err(unfit(model, &Untimed(Vec::new()), method));
    }
    Ok(())
}

/// Whether this many repetitions of these parts can be played.
fn fits(model: &Model, settings: &Settings<'_>, method: Method) -> Result<(), ExperimentError> {
    if let Some(few) = settings.replications.filter(|&count| count < FEWEST) {
        let text = format!(
            "{few} repetitions are too few for an interval of rare events: write --replications \
             {FEWEST} or more, or leave it out"
        );
        return Err(ExperimentError::Question(text));
    }
    if let Some(group) = model.groups.iter().find(|group| group.coupling.is_some()) {
        let text = format!(
            "--method {} plays parts that fail and are repaired each by itself, and those of the \
             group `{}` wait for each other: take --method exact, which solves it",
            method.word(),
            group.name
        );
        return Err(ExperimentError::Question(text));
    }
    if let Some(name) = constant(model) {
        let text = format!(
            "--method {} begins with every part up, and parts like `{name}`, whose times up and \
             down are constant, stay in step for ever: write `Exponential(..)` or another law for \
             one of them, or take --method exact",
            method.word()
        );
        return Err(ExperimentError::Question(text));
    }
    Ok(())
}

/// The first part that is up and down for the same times over and over.
fn constant(model: &Model) -> Option<&str> {
    let components = model.components.iter().map(|one| (&one.name, &one.outage));
    let hosts = model.hosts.iter().map(|one| (&one.name, &one.outage));
    let racks = model.racks.iter().map(|one| (&one.name, &one.outage));
    let switches = model.switches.iter().map(|one| (&one.name, &one.outage));
    let mut all = components.chain(hosts).chain(racks).chain(switches);
    let is_constant = |outage: &Option<Outage>| {
        let times = outage.as_ref().and_then(|outage| outage.times.as_ref());
        times.is_some_and(|times| times.up.cv() <= 0.0 && times.down.cv() <= 0.0)
    };
    all.find(|(_, outage)| is_constant(outage))
        .map(|(name, _)| name.as_str())
}

/// One question, unless an equal one was answered; `None` when nothing of it fails or when it was
/// interrupted.
fn one(
    (model, structure, asked): (&Model, &Structure, &Asked),
    (crew, settings, method): (&Crew, &Settings<'_>, Method),
    known: &mut Vec<(Failing, Simulated)>,
) -> Result<Option<Simulated>, ExperimentError> {
    // Gates of trees of one formula have the same places, and equal gates are one.
    let tree = FaultTree::of(&structure.formula, Reading::Possible, &asked.roots);
    let top = tree.gates()[tree.top() as usize].clone();
    if let Some((_, found)) = known.iter().find(|(other, _)| *other == top) {
        return Ok(Some(found.clone()));
    }
    let parts = Parts::of(model, structure, &asked.roots, &nearest(&tree));
    let Some(parts) = parts.map_err(|untimed| unfit(model, &untimed, method))? else {
        return Ok(None);
    };
    let found = Trial::new(&parts, settings, method).run(crew);
    if let Some(found) = &found {
        known.push((top, found.clone()));
    }
    Ok(found)
}

/// Cut sets that tell how near a state is to the end: all, or those of few members.
fn nearest(tree: &FaultTree) -> Vec<Vec<usize>> {
    let orders = [None, Some(4), Some(3), Some(2)];
    let listed = |most| Family::of_tree(tree, most, SET_NODES).ok()?.list(SETS);
    orders.into_iter().find_map(listed).unwrap_or_default()
}

fn unfit(model: &Model, untimed: &Untimed, method: Method) -> ExperimentError {
    let names = untimed
        .0
        .iter()
        .map(|part| format!("`{}`", part.name(model)));
    let names: Vec<String> = names.collect();
    let what = if names.is_empty() {
        "the file does not say of any part in use how it fails".to_owned()
    } else {
        format!("{} only say how often, not for how long", names.join(", "))
    };
    ExperimentError::Question(format!(
        "--method {} plays failures and repairs through, and {what}: write `failure: (mtbf: \
         Exponential(\"90d\"), mttr: Exponential(\"2h\"))`, or take --method exact",
        method.word()
    ))
}

/// The two ways to one number must meet.
fn disagreement(asked: &Asked, found: &Simulated) -> Option<Warning> {
    let (exact, value) = (asked.exact?, found.unavailability?);
    let (low, high) = found.ci999?;
    (!(low..=high).contains(&exact)).then(|| Warning {
        code: "routes_disagree",
        text: format!(
            "the unavailability of {} is {exact:.6e} by the diagram and {value:.4e} by {} (99.9 % \
             interval {low:.4e} to {high:.4e})",
            asked.name,
            found.method.word()
        ),
    })
}

/// The simulation of one question.
struct Trial<'t> {
    parts: &'t Parts<'t>,
    settings: &'t Settings<'t>,
    method: Method,
    ladder: Ladder,
}

impl<'t> Trial<'t> {
    fn new(parts: &'t Parts<'t>, settings: &'t Settings<'t>, method: Method) -> Self {
        let mut trial = Self {
            parts,
            settings,
            method,
            ladder: Ladder {
                base: DOWN,
                rungs: Vec::new(),
                starts: STARTS,
            },
        };
        if method == Method::Splitting {
            let mut draws = trial.draws(0, "pilot");
            let start = parts.start(&mut draws);
            trial.ladder = ladder(parts, &start, (&parts.levels(), STARTS), &mut draws);
        }
        trial
    }

    fn draws(&self, repetition: u32, purpose: &str) -> Draws {
        let path = Path::new("spof").then(self.method.word());
        Draws::new(draw(self.settings.seed, repetition, path, purpose))
    }

    fn repeat(&self, repetition: u32) -> Account {
        if self.settings.is_stopped() {
            return Account::default();
        }
        let mut draws = self.draws(repetition, "repetition");
        let start = self.parts.start(&mut draws);
        let account = if self.method == Method::Splitting {
            steady(self.parts, start, &self.ladder, &mut draws)
        } else {
            plain(self.parts, start, (DOWN, PLAIN_STEPS), &mut draws)
        };
        self.settings.progress.step();
        account
    }

    /// Doubles the repetitions until the interval is as narrow as asked for or it has cost enough.
    fn run(&self, crew: &Crew) -> Option<Simulated> {
        let effort = EFFORT / (EACH_EVENT + self.parts.clocks() as u64);
        let aim = self.settings.precision.unwrap_or(AIM);
        let mut accounts: Vec<Account> = Vec::new();
        let mut wanted = self.settings.replications.unwrap_or(FIRST);
        loop {
            let first = accounts.len() as u32;
            let more = (wanted - first) as usize;
            accounts.extend(crew.map(more, |offset| self.repeat(first + offset as u32)));
            if self.settings.is_stopped() {
                return None;
            }
            let found = self.result(&accounts);
            let is_narrow = found.relative_half_width.is_some_and(|half| half <= aim);
            let is_fixed = self.settings.replications.is_some();
            // The next round costs as much again as all before.
            if is_fixed || is_narrow || 2 * found.steps > effort || wanted >= MOST {
                return Some(found);
            }
            wanted *= 2;
        }
    }

    fn result(&self, accounts: &[Account]) -> Simulated {
        let confidence = if self.settings.replications.is_some() {
            Confidence::Fixed
        } else {
            Confidence::Sequential
        };
        let pairs = |of: fn(&Account) -> f64| -> Vec<(f64, f64)> {
            accounts.iter().map(|one| (of(one), one.time)).collect()
        };
        let share = ratio_of_sums(&pairs(|one| one.above), confidence);
        let time: f64 = accounts.iter().map(|one| one.time).sum();
        let entered: f64 = accounts.iter().map(|one| one.entered).sum();
        let is_plain = self.method == Method::MonteCarlo;
        let failures = is_plain.then_some(entered as u64);
        let is_enough = failures.is_none_or(|seen| seen >= FEWEST_FAILURES);
        let value = share.value.filter(|&value| is_enough && value > 0.0);
        let interval = |stretch: f64| {
            let (value, (low, high)) = (value?, share.ci95?);
            let half = (high - low) / 2.0 * stretch;
            Some(((value - half).max(0.0), value + half))
        };
        let degrees = accounts.len() as u32 - 1;
        let stretch = t_quantile(0.9995, degrees) / confidence.t(accounts.len());
        let count = self.ladder.rungs.iter();
        let levels = std::iter::once(&self.ladder.base).chain(count);
        let reason = if is_enough {
            "no way of the climb reached the end: state more repetitions (--replications)"
        } else {
            "fewer than 10 failures were seen"
        };
        let seen = failures.map_or(0, |seen| seen.min(FEWEST_FAILURES - 1));
        let below = AT_MOST[seen as usize] / time * self.parts.longest_repair();
        let years = time / YEAR;
        Simulated {
            method: self.method,
            unavailability: value,
            ci95: interval(1.0),
            ci999: interval(stretch),
            relative_half_width: interval(1.0)
                .zip(value)
                .map(|((_, high), value)| (high - value) / value),
            frequency_per_year: value.map(|_| entered / years),
            unavailability_below: (value.is_none() && is_plain).then(|| below.min(1.0)),
            failures,
            years,
            years_for_384_failures: failures
                .map(|seen| years * FAILURES_FOR_TENTH / (seen.max(3) as f64)),
            repetitions: accounts.len() as u32,
            steps: accounts.iter().map(|one| one.steps).sum(),
            levels: if is_plain {
                Vec::new()
            } else {
                levels
                    .map(|&level| f64::from(level) / f64::from(DOWN))
                    .collect()
            },
            reason: value.is_none().then(|| reason.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test that the two ways must pass can fail.
    #[test]
    fn ways_that_do_not_meet_are_told() {
        let found = Simulated {
            method: Method::Splitting,
            unavailability: Some(1e-6),
            ci95: Some((0.9e-6, 1.1e-6)),
            ci999: Some((0.8e-6, 1.2e-6)),
            relative_half_width: Some(0.1),
            frequency_per_year: None,
            unavailability_below: None,
            failures: None,
            years: 1.0,
            years_for_384_failures: None,
            repetitions: 32,
            steps: 1,
            levels: Vec::new(),
            reason: None,
        };
        let asked = |exact| Asked {
            name: "`read`".to_owned(),
            roots: Vec::new(),
            exact,
        };
        for exact in [None, Some(0.81e-6), Some(1.19e-6)] {
            assert!(disagreement(&asked(exact), &found).is_none(), "{exact:?}");
        }
        for exact in [0.7e-6, 1.3e-6] {
            let warning = disagreement(&asked(Some(exact)), &found).unwrap();
            assert_eq!(warning.code, "routes_disagree");
            assert!(warning.text.contains("`read` is"), "{}", warning.text);
        }
    }
}
